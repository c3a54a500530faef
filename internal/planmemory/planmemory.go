package planmemory

// Memory holds all that planning remembers. The zero value is ready for use, and safe for concurrent use.
type Memory struct {
	Imports      Imports
	Replacements Replacements
	Integrations Integrations
	Creations    Creations
}
