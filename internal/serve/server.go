package serve

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// framework is what terraform-plugin-framework serves. To implement ProviderServer alone would hide the rest of it.
type framework interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
}

// server is the framework's, which it keeps from holding on to the context of every call until the process ends (it does to
// cancel them all should Terraform say stop; registerContext in its package proto6server). With the loggers in them, that
// is 60 kB for each resource of a plan: 60 MB for a thousand. The calls here are those that Terraform makes for each resource.
type server struct {
	framework
	// silent leaves out of the contexts that are lent what is in them, which is loggers: the framework takes a tenth of its
	// time to ask those whether anybody listens.
	silent bool
}

// ValidateResourceConfig implements tfprotov6.ProviderServer.
func (s server) ValidateResourceConfig(ctx context.Context, request *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return lend(ctx, s.silent, request, s.framework.ValidateResourceConfig)
}

// UpgradeResourceState implements tfprotov6.ProviderServer.
func (s server) UpgradeResourceState(ctx context.Context, request *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return lend(ctx, s.silent, request, s.framework.UpgradeResourceState)
}

// UpgradeResourceIdentity implements tfprotov6.ProviderServer.
func (s server) UpgradeResourceIdentity(ctx context.Context, request *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return lend(ctx, s.silent, request, s.framework.UpgradeResourceIdentity)
}

// ReadResource implements tfprotov6.ProviderServer.
func (s server) ReadResource(ctx context.Context, request *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return lend(ctx, s.silent, request, s.framework.ReadResource)
}

// PlanResourceChange implements tfprotov6.ProviderServer.
func (s server) PlanResourceChange(ctx context.Context, request *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return lend(ctx, s.silent, request, s.framework.PlanResourceChange)
}

// ApplyResourceChange implements tfprotov6.ProviderServer.
func (s server) ApplyResourceChange(ctx context.Context, request *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return lend(ctx, s.silent, request, s.framework.ApplyResourceChange)
}

// lend makes a call with a context that is taken back when the call is over.
func lend[Request, Response any](ctx context.Context, silent bool, request Request, call func(context.Context, Request) (Response, error)) (Response, error) {
	loan := &lentContext{silent: silent}
	loan.lender.Store(&ctx)
	defer loan.lender.Store(&over)
	return call(loan, request)
}

// over is what is left of a context that was taken back: as the context of a call that has ended, it is canceled.
var over = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// lentContext is another context until that is taken back. Whoever holds on to it, holds on to nothing else.
type lentContext struct {
	lender atomic.Pointer[context.Context]
	silent bool
}

// Deadline implements context.Context.
func (c *lentContext) Deadline() (time.Time, bool) { return (*c.lender.Load()).Deadline() }

// Done implements context.Context.
func (c *lentContext) Done() <-chan struct{} { return (*c.lender.Load()).Done() }

// Err implements context.Context.
func (c *lentContext) Err() error { return (*c.lender.Load()).Err() }

// Value implements context.Context.
func (c *lentContext) Value(key any) any {
	if c.silent {
		return nil
	}
	return (*c.lender.Load()).Value(key)
}
