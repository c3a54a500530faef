package adoserver

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	maxWIQLResults    = 20_000
	maxWorkItemsBatch = 200
)

// workItemField is a field of all work items.
type workItemField struct{ reference, name, kind string }

var workItemFields = []workItemField{
	{"System.Id", "ID", "integer"},
	{"System.TeamProject", "Team Project", "string"},
	{"System.WorkItemType", "Work Item Type", "string"},
	{"System.Title", "Title", "string"},
	{"System.State", "State", "string"},
	{"System.CreatedDate", "Created Date", "dateTime"},
	{"System.ChangedDate", "Changed Date", "dateTime"},
}

var workItemTypes = []string{"Bug", "Epic", "Feature", "Issue", "Task", "Test Case", "User Story"}

// relationTypes are the link types of every organization.
var relationTypes = []struct{ reference, name, usage string }{
	{"System.LinkTypes.Dependency-Forward", "Successor", "workItemLink"},
	{"System.LinkTypes.Dependency-Reverse", "Predecessor", "workItemLink"},
	{"System.LinkTypes.Duplicate-Forward", "Duplicate", "workItemLink"},
	{"System.LinkTypes.Duplicate-Reverse", "Duplicate Of", "workItemLink"},
	{"System.LinkTypes.Hierarchy-Forward", "Child", "workItemLink"},
	{"System.LinkTypes.Hierarchy-Reverse", "Parent", "workItemLink"},
	{"System.LinkTypes.Related", "Related", "workItemLink"},
	{"ArtifactLink", "Artifact Link", "resourceLink"},
	{"AttachedFile", "Attached File", "resourceLink"},
	{"Hyperlink", "Hyperlink", "resourceLink"},
}

func listRelationTypes(c *call) (answer, error) {
	var shown []object
	for _, t := range relationTypes {
		shown = append(shown, object{
			"referenceName": t.reference, "name": t.name, "url": c.url("_apis/wit/workItemRelationTypes", t.reference),
			"attributes": object{"usage": t.usage, "editable": false, "enabled": true},
		})
	}
	return list(shown)
}

func listWorkItemTypes(c *call) (answer, error) {
	return list(each(workItemTypes, func(name string) object {
		return object{
			"name": name, "referenceName": "Microsoft.VSTS.WorkItemTypes." + strings.ReplaceAll(name, " ", ""),
			"description": "", "isDisabled": false, "url": c.url(c.project.GUID, "_apis/wit/workItemTypes", name),
		}
	}))
}

func (c *call) showField(f workItemField) object {
	return object{"referenceName": f.reference, "name": f.name, "type": f.kind, "readOnly": false, "url": c.url("_apis/wit/fields", f.reference)}
}

func listFields(c *call) (answer, error) { return list(each(workItemFields, c.showField)) }

func (c *call) workItemURL(id int64) string {
	return c.url("_apis/wit/workItems", strconv.FormatInt(id, 10))
}

// showWorkItem returns a work item with the named fields, or with all if there are no names.
func (c *call) showWorkItem(item *workItem, names []string) object {
	fields := object{}
	for _, f := range workItemFields {
		if len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, f.reference) }) {
			fields[f.reference] = wiqlFields[strings.ToLower(f.reference)](item)
		}
	}
	return object{"id": item.ID, "rev": 1, "fields": fields, "url": c.workItemURL(item.ID)}
}

func queryWorkItems(c *call) (answer, error) {
	var sent struct{ Query string }
	if err := c.decode(&sent); err != nil {
		return answer{}, err
	}
	project := ""
	if c.project != nil {
		project = c.project.Name
	}
	now := c.server.options.Now()
	query, err := parseWIQL(sent.Query, project, now)
	if err != nil {
		return answer{}, err
	}
	found := query.run(c.visibleWorkItems())
	limit, err := c.number("$top", maxWIQLResults)
	if err != nil {
		return answer{}, err
	}
	if len(found) > maxWIQLResults && limit >= maxWIQLResults {
		return answer{}, newError(http.StatusBadRequest, witAssembly, "WorkItemTrackingQueryResultSizeLimitExceededException",
			"VS402337: The number of work items returned exceeds the size limit of %d. Change the query to return fewer items.", maxWIQLResults)
	}
	found = found[:min(limit, len(found))]
	return ok(object{
		"queryType": "flat", "queryResultType": "workItem", "asOf": now.UTC(),
		"columns":   each(query.columns, c.showColumn),
		"workItems": each(found, func(item *workItem) object { return object{"id": item.ID, "url": c.workItemURL(item.ID)} }),
	})
}

func (c *call) showColumn(name string) object {
	for _, f := range workItemFields {
		if strings.EqualFold(f.reference, name) {
			return object{"referenceName": f.reference, "name": f.name, "url": c.url("_apis/wit/fields", f.reference)}
		}
	}
	return object{"referenceName": name, "name": name}
}

func (c *call) visibleWorkItems() []*workItem {
	var items []*workItem
	// The project of the path is the value of @project; it does not limit the query.
	for _, p := range c.visibleProjects() {
		items = append(items, p.workItems...)
	}
	return items
}

func getWorkItem(c *call) (answer, error) {
	items, err := c.findWorkItems([]string{c.params["id"]}, false)
	if err != nil {
		return answer{}, err
	}
	return ok(c.showWorkItem(items[0], c.fieldNames()))
}

func (c *call) fieldNames() []string {
	if c.arg("fields") == "" {
		return nil
	}
	return strings.Split(c.arg("fields"), ",")
}

func listWorkItems(c *call) (answer, error) {
	items, err := c.findWorkItems(strings.Split(c.arg("ids"), ","), strings.EqualFold(c.arg("errorPolicy"), "omit"))
	if err != nil {
		return answer{}, err
	}
	return c.workItems(items, c.fieldNames())
}

func batchWorkItems(c *call) (answer, error) {
	var batch struct {
		IDs         []int64
		Fields      []string
		ErrorPolicy string
	}
	if err := c.decode(&batch); err != nil {
		return answer{}, err
	}
	ids := each(batch.IDs, func(id int64) string { return strconv.FormatInt(id, 10) })
	items, err := c.findWorkItems(ids, strings.EqualFold(batch.ErrorPolicy, "omit"))
	if err != nil {
		return answer{}, err
	}
	return c.workItems(items, batch.Fields)
}

// findWorkItems finds work items by number. An unknown one is an error or, with omit, nil.
func (c *call) findWorkItems(ids []string, omit bool) ([]*workItem, error) {
	if len(ids) > maxWorkItemsBatch {
		return nil, badRequest(fmt.Sprintf("VS403474: You requested %d work items, the limit is %d.", len(ids), maxWorkItemsBatch))
	}
	items := make([]*workItem, len(ids))
	for i, text := range ids {
		id, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err != nil {
			return nil, badRequest(fmt.Sprintf("The value '%s' is not a work item id.", text))
		}
		item := c.org.workItems[id]
		if item != nil && c.canRead(item.project) && (c.project == nil || item.project == c.project) {
			items[i] = item
		} else if !omit {
			return nil, newError(http.StatusNotFound, witAssembly, "WorkItemUnauthorizedAccessException",
				"TF401232: Work item %d does not exist, or you do not have permissions to read it.", id)
		}
	}
	return items, nil
}

func (c *call) workItems(items []*workItem, fields []string) (answer, error) {
	return list(each(items, func(item *workItem) object {
		if item == nil {
			return nil
		}
		return c.showWorkItem(item, fields)
	}))
}
