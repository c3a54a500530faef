package provider

import (
	"context"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// logHandler passes the clients' records on to Terraform's log, whose logger is in the context of each call.
type logHandler struct{}

// Enabled implements slog.Handler; Terraform's log filters by TF_LOG itself.
func (logHandler) Enabled(context.Context, slog.Level) bool { return true }

// Handle implements slog.Handler.
func (logHandler) Handle(ctx context.Context, record slog.Record) error {
	fields := make(map[string]any, record.NumAttrs())
	record.Attrs(func(attribute slog.Attr) bool {
		fields[attribute.Key] = attribute.Value.Any()
		return true
	})
	switch {
	case record.Level >= slog.LevelError:
		tflog.Error(ctx, record.Message, fields)
	case record.Level >= slog.LevelWarn:
		tflog.Warn(ctx, record.Message, fields)
	case record.Level >= slog.LevelInfo:
		tflog.Info(ctx, record.Message, fields)
	default:
		tflog.Debug(ctx, record.Message, fields)
	}
	return nil
}

// WithAttrs implements slog.Handler; the clients put all attributes on the record.
func (h logHandler) WithAttrs([]slog.Attr) slog.Handler { return h }

// WithGroup implements slog.Handler; the clients use no groups.
func (h logHandler) WithGroup(string) slog.Handler { return h }
