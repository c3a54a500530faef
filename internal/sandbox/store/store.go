// Package store keeps the sandbox's tables in memory and writes every change through to one file.
package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// lockTimeout is how long Open waits for another process to close the file.
const lockTimeout = time.Second

// Store is one open file with any number of tables.
type Store struct {
	db *bbolt.DB
}

// Open opens the file at path, or creates it. After a second, a file that another process has open is an error.
//
// Data survives a killed process, but not always a power failure: only Close syncs the file, because a sandbox needs speed more.
func Open(path string) (*Store, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockTimeout, NoSync: true, NoGrowSync: true})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("open sandbox data %s: another process is using it", path)
	}
	if err != nil {
		return nil, fmt.Errorf("open sandbox data %s: %w", path, err)
	}
	return &Store{db: db}, nil
}

// Close syncs and closes the file; its tables must not be written afterwards.
func (s *Store) Close() error {
	return errors.Join(s.db.Sync(), s.db.Close())
}

// Clear removes all tables. Those that are open must not be used afterwards.
func (s *Store) Clear() error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		var names [][]byte
		err := tx.ForEach(func(name []byte, _ *bbolt.Bucket) error {
			names = append(names, bytes.Clone(name))
			return nil
		})
		for _, name := range names {
			err = errors.Join(err, tx.DeleteBucket(name))
		}
		return err
	})
}

// Table holds the rows of one kind by a positive id. It is safe for concurrent use. Slices and maps of a row are shared and
// must be replaced, not changed.
type Table[T any] struct {
	db   *bbolt.DB
	name []byte

	mu   sync.RWMutex
	rows map[int64]T
	ids  []int64 // sorted
	last int64   // the highest id so far
}

// OpenTable reads the table of that name, or creates it. Rows are stored as JSON. A table must be opened only once.
func OpenTable[T any](s *Store, name string) (*Table[T], error) {
	t := &Table[T]{db: s.db, name: []byte(name), rows: map[int64]T{}}
	if err := s.db.Update(t.load); err != nil {
		return nil, fmt.Errorf("open sandbox table %s: %w", name, err)
	}
	return t, nil
}

func (t *Table[T]) load(tx *bbolt.Tx) error {
	bucket, err := tx.CreateBucketIfNotExists(t.name)
	if err != nil {
		return err
	}
	t.last = int64(bucket.Sequence())
	return bucket.ForEach(func(key, value []byte) error {
		id := int64(binary.BigEndian.Uint64(key))
		var row T
		if err := json.Unmarshal(value, &row); err != nil {
			return fmt.Errorf("row %d: %w", id, err)
		}
		t.rows[id] = row
		t.ids = append(t.ids, id) // big-endian keys come in order
		return nil
	})
}

// NextID returns an id that no row of this table has had.
func (t *Table[T]) NextID() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last++
	return t.last
}

// Get returns the row with that id.
func (t *Table[T]) Get(id int64) (T, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	row, ok := t.rows[id]
	return row, ok
}

// Len returns the number of rows.
func (t *Table[T]) Len() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.ids)
}

// List returns all rows by id.
func (t *Table[T]) List() []T {
	t.mu.RLock()
	defer t.mu.RUnlock()
	rows := make([]T, len(t.ids))
	for i, id := range t.ids {
		rows[i] = t.rows[id]
	}
	return rows
}

// Put stores a row, over one with the same id.
func (t *Table[T]) Put(id int64, row T) error {
	return t.PutAll(map[int64]T{id: row})
}

// PutAll stores all rows or, in case of an error, none.
func (t *Table[T]) PutAll(rows map[int64]T) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.put(rows)
}

// Update changes one row atomically. It reports whether the row exists.
func (t *Table[T]) Update(id int64, change func(*T)) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row, ok := t.rows[id]
	if !ok {
		return false, nil
	}
	change(&row)
	return true, t.put(map[int64]T{id: row})
}

// Delete removes a row. An unknown id is no error.
func (t *Table[T]) Delete(id int64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.rows[id]; !ok {
		return nil
	}
	err := t.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(t.name).Delete(key(id))
	})
	if err != nil {
		return fmt.Errorf("delete row %d of sandbox table %s: %w", id, t.name, err)
	}
	delete(t.rows, id)
	if i, found := slices.BinarySearch(t.ids, id); found {
		t.ids = slices.Delete(t.ids, i, i+1)
	}
	return nil
}

// put writes the rows to the file before memory, so that nothing is shown that a restart would lose.
func (t *Table[T]) put(rows map[int64]T) error {
	last := t.last
	err := t.db.Update(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(t.name)
		for id, row := range rows {
			if id <= 0 {
				return fmt.Errorf("the id must be positive, got %d", id)
			}
			value, err := json.Marshal(row)
			if err != nil {
				return err
			}
			if err := bucket.Put(key(id), value); err != nil {
				return err
			}
			last = max(last, id)
		}
		return bucket.SetSequence(uint64(last))
	})
	if err != nil {
		return fmt.Errorf("write sandbox table %s: %w", t.name, err)
	}
	t.keep(rows)
	t.last = last
	return nil
}

func (t *Table[T]) keep(rows map[int64]T) {
	for id, row := range rows {
		if _, known := t.rows[id]; !known {
			t.ids = append(t.ids, id)
		}
		t.rows[id] = row
	}
	if !slices.IsSorted(t.ids) {
		slices.Sort(t.ids)
	}
}

func key(id int64) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(id))
}
