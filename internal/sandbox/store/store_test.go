package store

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type row struct {
	Name string
	Tags []string
}

func open(t *testing.T, path string) (*Store, *Table[row]) {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	table, err := OpenTable[row](s, "rows")
	if err != nil {
		t.Fatal(err)
	}
	return s, table
}

func put(t *testing.T, table *Table[row], id int64, name string) {
	t.Helper()
	if err := table.Put(id, row{Name: name}); err != nil {
		t.Fatal(err)
	}
}

func names(table *Table[row]) []string {
	var all []string
	for _, r := range table.List() {
		all = append(all, r.Name)
	}
	return all
}

func TestListIsOrderedByID(t *testing.T) {
	s, table := open(t, filepath.Join(t.TempDir(), "data"))
	defer s.Close()
	put(t, table, 300, "c")
	put(t, table, 2, "a")
	put(t, table, 10, "b")
	put(t, table, 10, "b again")
	if diff := cmp.Diff([]string{"a", "b again", "c"}, names(table)); diff != "" {
		t.Error(diff)
	}
	if err := table.Delete(10); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "c"}, names(table)); diff != "" {
		t.Error(diff)
	}
	if _, ok := table.Get(10); ok {
		t.Error("a deleted row is still there")
	}
	if err := table.Delete(10); err != nil {
		t.Errorf("deleting an unknown id: %v", err)
	}
}

func TestWritesSurviveWithoutClose(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "data")
	s, table := open(t, path)
	defer s.Close()
	put(t, table, table.NextID(), "kept")
	gone := table.NextID()
	put(t, table, gone, "gone")
	if err := table.Delete(gone); err != nil {
		t.Fatal(err)
	}
	if ok, err := table.Update(1, func(r *row) { r.Tags = []string{"x"} }); !ok || err != nil {
		t.Fatal(ok, err)
	}

	// This is the file that a killed process would leave.
	snapshot := filepath.Join(dir, "after-kill")
	copyFile(t, path, snapshot)
	again, reread := open(t, snapshot)
	defer again.Close()
	if diff := cmp.Diff([]row{{Name: "kept", Tags: []string{"x"}}}, reread.List()); diff != "" {
		t.Error(diff)
	}
	if id := reread.NextID(); id <= gone {
		t.Errorf("next id %d was used before (%d)", id, gone)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
}

func TestPutAllIsAllOrNothing(t *testing.T) {
	s, table := open(t, filepath.Join(t.TempDir(), "data"))
	defer s.Close()
	if err := table.PutAll(map[int64]row{1: {Name: "fine"}, -1: {Name: "no id"}}); err == nil {
		t.Fatal("a negative id was accepted")
	}
	if table.Len() != 0 {
		t.Errorf("%d rows were kept of a refused write", table.Len())
	}
}

func TestClearLeavesNoTable(t *testing.T) {
	s, table := open(t, filepath.Join(t.TempDir(), "data"))
	defer s.Close()
	put(t, table, table.NextID(), "old")
	if err := s.Clear(); err != nil {
		t.Fatal(err)
	}
	again, err := OpenTable[row](s, "rows")
	if err != nil {
		t.Fatal(err)
	}
	if again.Len() != 0 || again.NextID() != 1 {
		t.Errorf("%d rows are left, or their ids", again.Len())
	}
}

func TestUpdateOfAnUnknownRowChangesNothing(t *testing.T) {
	s, table := open(t, filepath.Join(t.TempDir(), "data"))
	defer s.Close()
	ok, err := table.Update(7, func(*row) { t.Error("called for an unknown row") })
	if ok || err != nil {
		t.Errorf("got %v, %v", ok, err)
	}
}

func TestConcurrentUpdatesAreNotLost(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	counter, err := OpenTable[int](s, "counter")
	if err != nil {
		t.Fatal(err)
	}
	if err := counter.Put(1, 0); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := counter.Update(1, func(n *int) { *n++ }); err != nil {
				t.Error(err)
			}
			counter.List()
		})
	}
	wg.Wait()
	if n, _ := counter.Get(1); n != 20 {
		t.Errorf("20 updates counted %d", n)
	}
}

func TestOpenSaysThatAnotherProcessUsesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	s, _ := open(t, path)
	defer s.Close()
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("got %v", err)
	}
}

func TestDamagedRowNamesTableAndRow(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	texts, err := OpenTable[string](s, "rows")
	if err != nil {
		t.Fatal(err)
	}
	if err := texts.Put(4, "not an object"); err != nil {
		t.Fatal(err)
	}
	_, err = OpenTable[row](s, "rows")
	if err == nil || !strings.Contains(err.Error(), "rows") || !strings.Contains(err.Error(), "row 4") {
		t.Errorf("got %v", err)
	}
}

func BenchmarkPut(b *testing.B) {
	s, err := Open(filepath.Join(b.TempDir(), "data"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	table, err := OpenTable[row](s, "rows")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		id := table.NextID()
		if err := table.Put(id, row{Name: fmt.Sprint(id)}); err != nil {
			b.Fatal(err)
		}
	}
}
