package flowserver

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// retryDelay is how long Flow waits after it was rate limited or got no valid answer.
const retryDelay = 30 * time.Second

// A taskKind is a kind of background work.
type taskKind int

const (
	lookUp        taskKind = iota // of an integration's projects and repositories
	processRepo                   // of one imported repository
	processTicket                 // of one imported ticket project
)

// A task is work that becomes due. It runs only if the record still has the same time.
type task struct {
	due  time.Time
	kind taskKind
	id   int64
}

// taskQueue holds tasks in the order of their times. It is safe for concurrent use.
type taskQueue struct {
	mu    sync.Mutex
	tasks taskHeap
	wake  chan struct{}
}

func (q *taskQueue) push(t task) {
	q.mu.Lock()
	defer q.mu.Unlock()
	heap.Push(&q.tasks, t)
	select {
	case q.woken() <- struct{}{}:
	default: // already woken
	}
}

// woken returns the channel that wakes pause. The caller holds the lock.
func (q *taskQueue) woken() chan struct{} {
	if q.wake == nil {
		q.wake = make(chan struct{}, 1)
	}
	return q.wake
}

// next removes and returns a task that is due.
func (q *taskQueue) next(now time.Time) (task, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.tasks) == 0 || q.tasks[0].due.After(now) {
		return task{}, false
	}
	return heap.Pop(&q.tasks).(task), true
}

// pause waits until a task is due or a new one is queued. It returns false if ctx has ended.
func (q *taskQueue) pause(ctx context.Context) bool {
	q.mu.Lock()
	wake := q.woken()
	wait := time.Hour // without tasks, any long time
	if len(q.tasks) > 0 {
		wait = time.Until(q.tasks[0].due)
	}
	q.mu.Unlock()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-wake:
	case <-timer.C:
	}
	return true
}

type taskHeap []task

func (h taskHeap) Len() int           { return len(h) }
func (h taskHeap) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h taskHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *taskHeap) Push(t any)        { *h = append(*h, t.(task)) }
func (h *taskHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// work runs tasks as they become due, until ctx ends.
func (s *Server) work(ctx context.Context) {
	defer close(s.stopped)
	for s.queue.pause(ctx) {
		s.runDue(ctx)
	}
}

// resume queues the work that an earlier run left in the store.
func (s *Server) resume() {
	for _, i := range s.integrations.List() {
		s.enqueue(i)
	}
}

// enqueue queues everything that is due for an integration.
func (s *Server) enqueue(i Integration) {
	if !i.DiscoverAt.IsZero() {
		s.queue.push(task{i.DiscoverAt, lookUp, i.ID})
	}
	for _, p := range s.repos.importedFrom(i.ID) {
		s.enqueueProject(processRepo, p)
	}
	for _, p := range s.tickets.importedFrom(i.ID) {
		s.enqueueProject(processTicket, p)
	}
}

func (s *Server) enqueueProject(kind taskKind, p project) {
	if !p.ProcessAt.IsZero() {
		s.queue.push(task{p.ProcessAt, kind, p.ID})
	}
}

// settle finishes the work that is due if there is no delay, so that a client's next read is complete. The caller must not
// hold an integration's lock.
func (s *Server) settle(ctx context.Context, delay time.Duration) {
	if delay == 0 {
		s.runDue(ctx)
	}
}

// runDue runs all tasks that are due, and waits for those that are already running.
func (s *Server) runDue(ctx context.Context) {
	s.working.Lock()
	defer s.working.Unlock()
	for ctx.Err() == nil {
		t, ok := s.queue.next(time.Now())
		if !ok {
			return
		}
		s.run(ctx, t)
	}
}

func (s *Server) run(ctx context.Context, t task) {
	switch t.kind {
	case lookUp:
		if i, ok := s.integrations.Get(t.id); ok && i.DiscoverAt.Equal(t.due) {
			s.lookUp(ctx, t.id)
		}
	case processRepo:
		if p, ok := s.repos.imported.Get(t.id); ok && p.ProcessAt.Equal(t.due) {
			s.process(ctx, s.repos, t.id)
		}
	case processTicket:
		if p, ok := s.tickets.imported.Get(t.id); ok && p.ProcessAt.Equal(t.due) {
			s.process(ctx, s.tickets, t.id)
		}
	}
}

// Sync does the next step of all background work now, whatever the delays: it looks up every integration, and then
// processes all that is queued. It returns ctx's error if ctx ends first.
func (s *Server) Sync(ctx context.Context) error {
	s.working.Lock()
	defer s.working.Unlock()
	for _, i := range s.integrations.List() {
		s.lookUp(ctx, i.ID)
	}
	for _, c := range []*collection{s.repos, s.tickets} {
		for _, p := range c.imported.List() {
			if ctx.Err() == nil && !p.ProcessAt.IsZero() {
				s.process(ctx, c, p.ID)
			}
		}
	}
	return ctx.Err()
}
