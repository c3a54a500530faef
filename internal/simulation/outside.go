package simulation

// outside runs functions on goroutines of its own. Under the clock of testing/synctest that is how the provider reaches a
// real sandbox: what runs outside takes real time, during which the test's clock stands still.
type outside struct {
	jobs chan *job
	// idle are the jobs that nobody uses. They are made in advance, because a channel that is made under the test's clock
	// must not be used outside.
	idle chan *job
}

type job struct {
	do   func()
	done chan struct{}
}

// outsiders is how many functions may run at once: more than the provider's concurrent requests.
const outsiders = 16

func startOutside() *outside {
	o := &outside{jobs: make(chan *job), idle: make(chan *job, outsiders)}
	for range outsiders {
		o.idle <- &job{done: make(chan struct{})}
		go func() {
			for one := range o.jobs {
				one.do()
				one.done <- struct{}{}
			}
		}()
	}
	return o
}

// run returns when the function has.
func (o *outside) run(do func()) {
	one := <-o.idle
	one.do = do
	o.jobs <- one
	<-one.done
	o.idle <- one
}

func (o *outside) stop() { close(o.jobs) }
