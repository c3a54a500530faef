# The world that the sandbox starts with. For a world of your own, copy and
# change this file. Ages are in days before the sandbox's first start.

workspace "acme" {
  api_key "admin" {
    key    = "sandbox-api-key"
    access = "View, manage and delete"
  }
  api_key "readonly" {
    key    = "sandbox-readonly-key"
    access = "View"
  }
}

organization "contoso" {
  account "Svc-Flow@contoso.com" {
    display_name = "Flow Service"
  }
  account "reader@contoso.com" {
    display_name = "Flow Reader"
  }
  account "outsider@contoso.com" {
    display_name = "Outsider"
  }

  # The service account is an administrator through a nested group.
  group "Project Collection Administrators" {
    members = ["Integration Services"]
  }
  group "Integration Services" {
    members = ["Svc-Flow@contoso.com"]
  }
  # In this organization, valid users have no rights.
  group "Insight" {
    members = ["reader@contoso.com"]
    allow   = ["View instance-level information"]
  }

  project "Payments" {
    readers = ["reader@contoso.com"]

    repository "api" {
      pull_request {
        title    = "Add idempotency keys to the charge endpoint"
        author   = "Svc-Flow@contoso.com"
        age_days = 2
      }
      pull_request {
        title    = "Retry declined cards once"
        author   = "reader@contoso.com"
        status   = "completed"
        age_days = 40
      }
      # Older than six months: Flow never ingests it.
      pull_request {
        title    = "Move to the second version of the bank interface"
        author   = "reader@contoso.com"
        status   = "completed"
        age_days = 214
      }
    }
    repository "web" {
      pull_request {
        title    = "Show the currency in the basket"
        author   = "reader@contoso.com"
        age_days = 9
      }
      # Opened seven months ago and abandoned last month: recent activity counts.
      pull_request {
        title       = "Try another checkout layout"
        author      = "reader@contoso.com"
        status      = "abandoned"
        age_days    = 214
        closed_days = 30
      }
    }
    repository "ledger" {
      pull_request {
        title    = "Archive closed accounting periods"
        author   = "Svc-Flow@contoso.com"
        age_days = 214
      }
    }

    work_item "User Story" {
      title    = "Customers can pay in instalments"
      state    = "Active"
      age_days = 30
    }
    work_item "Bug" {
      title    = "Rounding differs between basket and invoice"
      state    = "New"
      age_days = 5
    }
    work_item "Task" {
      title    = "Write the settlement runbook"
      state    = "Closed"
      age_days = 214
    }
  }

  project "Platform" {
    readers = ["reader@contoso.com"]

    repository "terraform" {
      pull_request {
        title    = "Pin provider versions"
        author   = "Svc-Flow@contoso.com"
        status   = "completed"
        age_days = 12
      }
    }
    repository "images" {}
    repository "docs" {}

    work_item "Bug" {
      title    = "Base image lacks the time zone data"
      state    = "Resolved"
      age_days = 16
    }
  }

  project "Data Science" {
    readers = ["reader@contoso.com"]

    repository "notebooks" {
      pull_request {
        title    = "Forecast with weekly seasonality"
        author   = "reader@contoso.com"
        age_days = 1
      }
    }

    work_item "Task" {
      title    = "Clean the churn data set"
      state    = "Active"
      age_days = 8
    }
  }

  # Flow does not support TFVC: it can import the work items of this project, but no code.
  project "Legacy" {
    readers         = ["reader@contoso.com"]
    version_control = "TFVC"

    work_item "Bug" {
      title    = "Nightly export stops at midnight"
      state    = "Active"
      age_days = 90
    }
  }

  project "Archive" {
    readers          = ["reader@contoso.com"]
    version_control  = "TFVC"
    vendor_supported = false

    repository "attic" {}

    work_item "Task" {
      title    = "Hand the old tapes over"
      state    = "New"
      age_days = 60
    }
  }

  token "full" {
    owner = "Svc-Flow@contoso.com"
  }
  # For rehearsing a rotation.
  token "full-2" {
    owner = "Svc-Flow@contoso.com"
  }
  token "no-code" {
    owner  = "Svc-Flow@contoso.com"
    scopes = ["vso.build", "vso.graph", "vso.identity", "vso.project", "vso.work"]
  }
  token "no-build" {
    owner  = "Svc-Flow@contoso.com"
    scopes = ["vso.code", "vso.graph", "vso.identity", "vso.project", "vso.work"]
  }
  token "no-graph" {
    owner  = "Svc-Flow@contoso.com"
    scopes = ["vso.code", "vso.build", "vso.identity", "vso.project", "vso.work"]
  }
  token "no-identity" {
    owner  = "Svc-Flow@contoso.com"
    scopes = ["vso.code", "vso.build", "vso.graph", "vso.project", "vso.work"]
  }
  token "no-project" {
    owner  = "Svc-Flow@contoso.com"
    scopes = ["vso.code", "vso.build", "vso.graph", "vso.identity", "vso.work"]
  }
  token "no-work" {
    owner  = "Svc-Flow@contoso.com"
    scopes = ["vso.code", "vso.build", "vso.graph", "vso.identity", "vso.project"]
  }
  token "reader" {
    owner = "reader@contoso.com"
  }
  token "outsider" {
    owner = "outsider@contoso.com"
  }
  token "expired" {
    owner = "Svc-Flow@contoso.com"
    state = "expired"
  }
  token "revoked" {
    owner = "Svc-Flow@contoso.com"
    state = "revoked"
  }
  token "conditional-access" {
    owner              = "Svc-Flow@contoso.com"
    conditional_access = true
  }
}

# Because of the public project, unknown tokens get answers as Anonymous.
organization "fabrikam" {
  account "Svc-Flow@fabrikam.com" {
    display_name = "Flow Service"
  }

  group "Project Collection Administrators" {
    members = ["Svc-Flow@fabrikam.com"]
  }

  project "Open Source" {
    visibility = "public"

    repository "samples" {
      pull_request {
        title    = "Explain how to build the samples"
        author   = "Svc-Flow@fabrikam.com"
        age_days = 4
      }
    }
  }

  token "fabrikam" {
    owner = "Svc-Flow@fabrikam.com"
  }
}
