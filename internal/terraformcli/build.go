package terraformcli

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
)

// ProviderProgram is the name by which Terraform finds the provider's executable in a folder.
const ProviderProgram = "terraform-provider-flow"

// Executable returns the file name of a program on this system.
func Executable(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return name
}

// Build builds the provider into dir, an existing folder, with additional flags of go build.
func Build(ctx context.Context, dir string, flags ...string) error {
	_, err := BuildProgram(ctx, dir, ProviderProgram, ".", flags...)
	return err
}

// BuildProgram builds a package of the repository around the working directory, such as "./internal/cmd/demo", into dir, an
// existing folder. It returns the path of the executable.
func BuildProgram(ctx context.Context, dir, name, pkg string, flags ...string) (string, error) {
	root, err := repositoryRoot()
	if err != nil {
		return "", err
	}
	path, err := filepath.Abs(filepath.Join(dir, Executable(name)))
	if err != nil {
		return "", err
	}
	build := exec.CommandContext(ctx, "go", slices.Concat([]string{"build", "-o", path}, flags, []string{pkg})...)
	build.Dir = root
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", name, err, output)
	}
	return path, nil
}
