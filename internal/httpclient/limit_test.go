package httpclient_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// crowd sends 20 requests at once and gives a function that waits for them.
func crowd(t *testing.T, client *httpclient.Client) (wait func()) {
	t.Helper()
	var workers sync.WaitGroup
	for range 20 {
		workers.Go(func() {
			if _, err := client.Do(t.Context(), get()); err != nil {
				t.Error(err)
			}
		})
	}
	return workers.Wait
}

func slow(by time.Duration, then http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(by)
		then(w, r)
	}
}

func TestAfterARefusalNoWorkerSendsBeforeItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := serve(t, httpclient.Options{}, answer(http.StatusTooManyRequests, `{}`, "Retry-After", "40"), works)
		wait := make(chan struct{})
		go func() {
			_, _ = client.Do(t.Context(), get())
			close(wait)
		}()
		synctest.Wait() // The refusal is known.
		crowd(t, client)()
		<-wait
		assertArrivals(t, server, 1, 21, 40*time.Second)
	})
}

func TestWorkersThatWaitForASlotRespectARefusalThatComesMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := answer(http.StatusServiceUnavailable, `{}`, "Retry-After", "40")
		// The refusal frees one slot after a second, the success the other one after five.
		server, client := serve(t, httpclient.Options{Limiter: httpclient.NewLimiter(2)}, slow(time.Second, refused), slow(5*time.Second, works), works)
		crowd(t, client)()
		assertArrivals(t, server, 2, 19, 41*time.Second)
	})
}

// assertArrivals checks that after the first requests so many others came, none of them early.
func assertArrivals(t *testing.T, server *script, first, others int, earliest time.Duration) {
	t.Helper()
	arrivals := server.times()
	if len(arrivals) != first+others {
		t.Fatalf("%d requests arrived, want %d", len(arrivals), first+others)
	}
	for _, at := range arrivals[first:] {
		if at < earliest {
			t.Errorf("a request arrived after %s, want none before %s: %v", at, earliest, arrivals)
			return
		}
	}
}

func TestARequestWhoseTimeEndsWhileTheServerWantsQuietIsNotBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := serve(t, httpclient.Options{}, answer(http.StatusTooManyRequests, `{}`, "Retry-After", "600"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := client.Do(ctx, get())
		errorOf(t, err, httpclient.KindStatus)
		time.Sleep(5 * time.Second)
		_, err = client.Do(ctx, get())
		failed := errorOf(t, err, httpclient.KindTimeout)
		want := "could not read integration 12: Flow asked for no further requests in the next 9m55s, and there is not that much time " +
			"(GET http://flow.test/v3/integrations/12/)"
		if failed.Error() != want || failed.Sent || failed.RetryAfter != 9*time.Minute+55*time.Second || !failed.Temporary() {
			t.Errorf("sent %t, Retry-After %s, error\n%s\nwant it unsent and\n%s", failed.Sent, failed.RetryAfter, failed, want)
		}
		if len(server.times()) != 1 || ctx.Err() != nil {
			t.Errorf("%d requests, context %v", len(server.times()), ctx.Err())
		}
	})
}

func TestTheLimitHoldsForAllClientsTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mutex sync.Mutex
		inFlight, most := 0, 0
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mutex.Lock()
			inFlight++
			most = max(most, inFlight)
			mutex.Unlock()
			time.Sleep(time.Second)
			mutex.Lock()
			inFlight--
			mutex.Unlock()
			works(w, r)
		})
		options := httpclient.Options{Limiter: httpclient.NewLimiter(3)}
		start := time.Now()
		wait, waitToo := crowd(t, clientOf(t, options, handler)), crowd(t, clientOf(t, options, handler))
		wait()
		waitToo()
		if most != 3 {
			t.Errorf("%d requests were in flight at once, want 3", most)
		}
		if took := time.Since(start); took != 14*time.Second {
			t.Errorf("40 requests of a second, three at a time, took %s, want 14s", took)
		}
	})
}

func TestNoSlotIsHeldDuringAWait(t *testing.T) {
	for name, first := range map[string]http.HandlerFunc{
		"after a failure": answer(http.StatusBadGateway, `{}`),
		"after a refusal": answer(http.StatusTooManyRequests, `{}`, "Retry-After", "40"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				options := httpclient.Options{Limiter: httpclient.NewLimiter(1)}
				server, waiting := serve(t, options, first, works)
				_, other := serve(t, options, works)
				done := make(chan error)
				for range 2 {
					go func() {
						_, err := waiting.Do(t.Context(), get())
						done <- err
					}()
				}
				synctest.Wait()
				if _, err := other.Do(t.Context(), get()); err != nil {
					t.Error(err)
				}
				if took := time.Since(server.start); took != 0 {
					t.Errorf("the other client waited for %s", took)
				}
				for range 2 {
					if err := <-done; err != nil {
						t.Error(err)
					}
				}
			})
		})
	}
}

func TestWaitingForASlotEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		options := httpclient.Options{Limiter: httpclient.NewLimiter(0)}
		server, client := serve(t, options, slow(10*time.Second, works))
		done := make(chan error)
		go func() {
			_, err := client.Do(t.Context(), get())
			done <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err := client.Do(ctx, get())
		failed := errorOf(t, err, httpclient.KindTimeout)
		want := "could not read integration 12: timed out while this request to Flow waited for its turn (GET http://flow.test/v3/integrations/12/)"
		if failed.Error() != want || failed.Sent || time.Since(server.start) != 3*time.Second {
			t.Errorf("sent %t after %s, error %q, want %q", failed.Sent, time.Since(server.start), failed, want)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
