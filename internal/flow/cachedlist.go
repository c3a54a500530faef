package flow

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/singlecall"
)

// row is an object that Flow lists.
type row interface{ rowID() int64 }

// cachedList remembers one list for the life of a client: Terraform reads each resource by itself, and one fetch answers
// for all of them. What this process writes to a row afterwards needs no new fetch. No rows are kept anywhere else. The
// zero value is ready for use, and safe for concurrent use.
type cachedList[Row row] struct {
	calls singleflight.Group

	mutex sync.Mutex
	// generation counts how often the rows were forgotten: a fetch that began before a write must not answer a reader
	// that comes after it.
	generation int
	fetched    bool
	rows       []Row
	// written holds the last change that this process made to each row, by its id.
	written map[int64]func(*Row)
	// sameSince is when a fetch first brought as many rows as the latest.
	sameSince time.Time
	// complete is set once Flow is known to have looked up all that there is to list.
	complete bool
	// outdated is the time of the look-up that does not count as complete, because the integration was changed after it.
	outdated string
}

// read returns the rows, fetched unless they are known, with what this process has written since. Callers must not
// change them. The operation, such as "list the integrations", is for the error of a caller whose time ends while
// another caller fetches.
func (l *cachedList[Row]) read(ctx context.Context, operation string, fetch func(context.Context) ([]Row, error)) ([]Row, error) {
	generation, rows, fetched := l.known()
	if fetched {
		return rows, nil
	}
	rows, err := singlecall.Do(ctx, &l.calls, strconv.Itoa(generation), func(ctx context.Context) ([]Row, error) {
		if current, rows, fetched := l.known(); fetched && current == generation {
			return rows, nil
		}
		rows, err := fetch(ctx)
		if err != nil {
			return nil, err
		}
		l.put(generation, rows)
		return l.withWritten(rows), nil
	})
	if err != nil && errors.Is(err, ctx.Err()) {
		if _, described := errors.AsType[*httpclient.Error](err); !described {
			err = httpclient.Ended(ctx, service, operation)
		}
	}
	return rows, err
}

func (l *cachedList[Row]) known() (generation int, rows []Row, fetched bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.generation, l.applyWritten(l.rows), l.fetched
}

func (l *cachedList[Row]) put(generation int, rows []Row) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if generation != l.generation {
		return
	}
	if len(rows) != len(l.rows) || l.sameSince.IsZero() {
		l.sameSince = time.Now()
	}
	l.rows, l.fetched = rows, true
}

func (l *cachedList[Row]) withWritten(rows []Row) []Row {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.applyWritten(rows)
}

// applyWritten needs the lock.
func (l *cachedList[Row]) applyWritten(rows []Row) []Row {
	if len(l.written) == 0 {
		return rows
	}
	rows = slices.Clone(rows)
	for i := range rows {
		if change := l.written[rows[i].rowID()]; change != nil {
			change(&rows[i])
		}
	}
	return rows
}

// write remembers a change of a row, in place of an earlier one. It outlives a fetch, which may have begun before it.
func (l *cachedList[Row]) write(id int64, change func(*Row)) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.written == nil {
		l.written = map[int64]func(*Row){}
	}
	l.written[id] = change
}

// find returns one of the rows that were fetched last, with what was written since.
func (l *cachedList[Row]) find(id int64) (Row, bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	at := slices.IndexFunc(l.rows, func(r Row) bool { return r.rowID() == id })
	if at < 0 {
		var none Row
		return none, false
	}
	return l.applyWritten(l.rows[at : at+1])[0], true
}

// fetchedRows returns the rows as they were fetched last.
func (l *cachedList[Row]) fetchedRows() []Row {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.rows
}

func (l *cachedList[Row]) isFetched() bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.fetched
}

// forget makes the next reader fetch anew.
func (l *cachedList[Row]) forget() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.generation++
	l.fetched = false
}

// isComplete reports whether Flow is known to have looked up all that there is to list: it was seen to have, or there have
// been as many rows as now for so long.
func (l *cachedList[Row]) isComplete(after time.Duration) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.complete || len(l.rows) > 0 && time.Since(l.sameSince) >= after
}

// lookedUp records the look-up of an integration that was read before the rows were fetched, and reports whether it
// makes them complete.
func (l *cachedList[Row]) lookedUp(i Integration) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.complete = l.complete || i.Discovered && (l.outdated == "" || i.LookedUpAt != l.outdated)
	return l.complete
}

// outdate makes the next reader fetch anew, and the look-up of that time count as incomplete.
func (l *cachedList[Row]) outdate(lookUp string) {
	l.forget()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.complete, l.outdated, l.sameSince = false, lookUp, time.Time{}
}
