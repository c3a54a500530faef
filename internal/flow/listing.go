package flow

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/singleflight"
)

// listing keeps one list of objects for the life of a client: Terraform reads each resource by itself, and a list
// answers for all of them. Concurrent readers share one fetch; a write makes the next reader fetch anew.
type listing[T any] struct {
	group singleflight.Group

	mutex      sync.Mutex
	generation int
	fresh      bool
	objects    []T
}

// fetched is what one fetch brought.
type fetched[T any] struct {
	objects []T
	err     error
	// abandoned tells that the reader whose context the fetch ran under gave up, which says nothing to the others.
	abandoned bool
}

// get gives the list, fetched by fetch unless it is known.
func (l *listing[T]) get(ctx context.Context, fetch func(context.Context) ([]T, error)) ([]T, error) {
	for {
		generation, fresh, objects := l.known()
		if fresh {
			return objects, nil
		}
		var leads atomic.Bool
		// The generation is the key: a fetch that began before a write must not answer a reader who comes after it.
		flight := l.group.DoChan(strconv.Itoa(generation), func() (any, error) {
			leads.Store(true)
			objects, err := fetch(ctx)
			if err == nil {
				l.put(generation, objects)
			}
			return fetched[T]{objects, err, err != nil && ctx.Err() != nil}, nil
		})
		var landed singleflight.Result
		select {
		case landed = <-flight:
		case <-ctx.Done():
			if !leads.Load() {
				return fetch(ctx) // It sends nothing any more, and says in the client's words why.
			}
			landed = <-flight
		}
		if result := landed.Val.(fetched[T]); !result.abandoned || ctx.Err() != nil {
			return result.objects, result.err
		}
	}
}

func (l *listing[T]) known() (generation int, fresh bool, objects []T) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.generation, l.fresh, l.objects
}

func (l *listing[T]) put(generation int, objects []T) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if generation == l.generation {
		l.fresh, l.objects = true, objects
	}
}

// invalidate makes the next reader fetch anew.
func (l *listing[T]) invalidate() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.generation++
	l.fresh, l.objects = false, nil
}
