package adoserver

import (
	"strconv"
)

// page returns the part of a list that $top, $skip and continuationToken ask for, and the token of the next page.
func page[T any](c *call, items []T, size int) ([]T, string, error) {
	size, err := c.number("$top", size)
	if err != nil {
		return nil, "", err
	}
	start, err := c.pageStart()
	if err != nil {
		return nil, "", err
	}
	skip, err := c.number("$skip", 0)
	if err != nil {
		return nil, "", err
	}
	start = min(start+skip, len(items))
	end := min(start+size, len(items))
	if size == 0 || end == len(items) {
		return items[start:end], "", nil
	}
	return items[start:end], strconv.Itoa(end), nil
}

// skipTop returns the part of a list that $skip and $top ask for.
func skipTop[T any](c *call, items []T, fallback, most int) ([]T, error) {
	size, err := c.number("$top", fallback)
	if err != nil {
		return nil, err
	}
	skip, err := c.number("$skip", 0)
	if err != nil {
		return nil, err
	}
	start := min(skip, len(items))
	return items[start:min(start+min(size, most), len(items))], nil
}

// pageStart returns where the page begins. Tokens are numbers: the specification says so of projects.
func (c *call) pageStart() (int, error) {
	return c.number("continuationToken", 0)
}

// paged answers with a page of a list.
func paged[T, U any](c *call, items []T, size int, show func(T) U) (answer, error) {
	shown, next, err := page(c, items, size)
	if err != nil {
		return answer{}, err
	}
	result, err := list(each(shown, show))
	result.continuation = next
	return result, err
}

func each[T, U any](items []T, show func(T) U) []U {
	out := make([]U, len(items))
	for i, item := range items {
		out[i] = show(item)
	}
	return out
}
