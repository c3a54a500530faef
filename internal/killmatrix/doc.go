// Package killmatrix has tests that end provider and Terraform in the middle of writes, and check that the next apply makes it
// good. They find processes in /proc, so they run on Linux only.
package killmatrix
