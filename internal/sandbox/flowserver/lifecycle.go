package flowserver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// errNotFound means that the object of a request does not exist.
var errNotFound = errors.New("not found")

// A check returns why an integration is refused, or nil.
type check func(context.Context, Integration) *refusal

// test is the check of the set-up page's button. A connection by OAuth passes until somebody has consented.
func (s *Server) test(ctx context.Context, i Integration) *refusal {
	if _, ok := organizationOf(i.URL); !ok {
		return refuse(messageFailed)
	}
	if i.byConsent() && s.oauth.Status(i.ID).Organization == "" {
		return nil
	}
	if findings := s.connect(ctx, i); len(findings) > 0 {
		return refuse(findings[0].detail)
	}
	return nil
}

// create stores a new integration and starts its first look-up. One that NewConnection began has its id. check may be nil.
func (s *Server) create(ctx context.Context, i Integration, user string, check check) (Integration, error) {
	if refused := s.removedLately(i.Organization()); refused != nil {
		return i, refused
	}
	if check != nil {
		if refused := check(ctx, i); refused != nil {
			return i, refused
		}
	}
	now := time.Now().UTC()
	if i.ID == 0 {
		i.ID = s.integrations.NextID()
	}
	i.CreatedAt, i.UpdatedAt, i.CreatedBy = now, now, user
	defer s.settle(ctx, s.options.DiscoveryDelay)
	defer s.busy.lock(i.ID)()
	if _, taken := s.integrations.Get(i.ID); taken {
		return i, refuse("The integration was created already.")
	}
	if err := errors.Join(s.ensureConnection(i), s.setOwner(ctx, &i)); err != nil {
		return i, err
	}
	if refused := s.hook(ctx, Integration{}, &i); refused != nil {
		return i, refused
	}
	i.DiscoverAt = now.Add(s.options.DiscoveryDelay)
	if err := s.integrations.Put(i.ID, i); err != nil {
		return i, err
	}
	s.queue.push(task{due: i.DiscoverAt, kind: lookUp, id: i.ID})
	return i, nil
}

// change applies a change of settings. Changing the organization removes all data of the integration (facts: a public
// client's text for the call). check may be nil.
func (s *Server) change(ctx context.Context, id int64, user string, check check, change func(*Integration)) (Integration, error) {
	settle := func() {} // runs after the lock is released
	defer func() { settle() }()
	defer s.busy.lock(id)()
	before, ok := s.integrations.Get(id)
	if !ok {
		return before, errNotFound
	}
	after := before
	change(&after)
	moved := after.Organization() != before.Organization()
	if refused := s.removedLately(after.Organization()); moved && refused != nil {
		return before, refused
	}
	if check != nil {
		if refused := check(ctx, after); refused != nil {
			return before, refused
		}
	}
	if refused := s.hook(ctx, before, &after); refused != nil {
		return before, refused
	}
	after.UpdatedAt, after.UpdatedBy = time.Now().UTC(), user
	if moved {
		after.FirstLookup, after.LatestLookup = time.Time{}, time.Time{}
		if err := errors.Join(s.repos.clear(id), s.tickets.clear(id)); err != nil {
			return before, err
		}
	}
	if err := s.ensureConnection(after); err != nil {
		return before, err
	}
	delay, again := s.lookUpAfter(before, after)
	if again {
		after.DiscoverAt = after.UpdatedAt.Add(delay)
	}
	if err := s.integrations.Put(id, after); err != nil {
		return before, err
	}
	if again {
		s.enqueue(after)
		settle = func() { s.settle(ctx, delay) }
	}
	return after, nil
}

// lookUpAfter reports whether a change may let an integration see more or less, and returns when Flow looks. A connection
// begins with a consent, so Flow takes as long as after a creation.
func (s *Server) lookUpAfter(before, after Integration) (delay time.Duration, again bool) {
	if before.Consents != after.Consents {
		return s.options.DiscoveryDelay, true
	}
	return 0, before.URL != after.URL || before.Username != after.Username || before.Token != after.Token || before.Services != after.Services
}

// remove removes an integration and everything that belongs to it.
func (s *Server) remove(ctx context.Context, id int64) error {
	defer s.busy.lock(id)()
	i, ok := s.integrations.Get(id)
	if !ok {
		return errNotFound
	}
	s.unhook(ctx, i, i.Hooks)
	if s.options.ReaddDelay > 0 && i.Organization() != "" {
		gone := removal{Organization: i.Organization(), Until: time.Now().UTC().Add(s.options.ReaddDelay)}
		if err := s.removals.Put(s.removals.NextID(), gone); err != nil {
			return err
		}
	}
	if err := errors.Join(s.oauth.Forget(ctx, id), s.integrations.Delete(id)); err != nil {
		return err
	}
	return errors.Join(s.repos.clear(id), s.tickets.clear(id))
}

// removedLately refuses an organization that was removed and cannot be added again yet.
func (s *Server) removedLately(organization string) *refusal {
	now := time.Now()
	for _, gone := range s.removals.List() {
		if gone.Organization == organization && now.Before(gone.Until) {
			return refuse(fmt.Sprintf("The organization %s was removed from Flow and cannot be added again before %s UTC.",
				organization, gone.Until.Format("2006-01-02 15:04")))
		}
	}
	return nil
}

// writeError answers a request whose operation failed.
func writeError(w http.ResponseWriter, err error) {
	var refused *refusal
	switch {
	case errors.As(err, &refused):
		writeRefusal(w, refused)
	case errors.Is(err, errNotFound):
		writeNotFound(w)
	default:
		writePage(w, http.StatusInternalServerError, "Server Error (500)", "")
	}
}
