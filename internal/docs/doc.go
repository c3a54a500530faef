// Package docs checks what users read: every link and every code block of the repository's Markdown. It has tests alone.
package docs
