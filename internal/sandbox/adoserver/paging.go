package adoserver

import (
	"strconv"
)

// page cuts a list by $top, $skip and continuationToken.
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

// skipTop cuts a list by $skip and $top, without tokens.
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

// pageStart reads a token: the place to go on from. The projects of core have
// numbers as tokens in the specification, so all others have them here as well.
func (c *call) pageStart() (int, error) {
	return c.number("continuationToken", 0)
}

// paged cuts the list, shows what is left with show, and gives the token on.
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
