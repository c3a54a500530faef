package main

import (
	"os"
	"time"
)

// parentInterval is how often the provider looks whether its parent still runs.
const parentInterval = time.Second

// endWithParent ends this process soon after the one that started it, which a killed Terraform does not do: its providers
// would finish what they do, or wait for it, with nobody to tell. Unix gives an orphan another parent. Windows does not, so
// that the number there never changes, and the provider lives on until its work is done.
func endWithParent(parent int) {
	for range time.Tick(parentInterval) {
		if os.Getppid() != parent {
			os.Exit(1)
		}
	}
}
