package study

import (
	"cmp"
	"slices"
	"strconv"

	"holon/internal/fault"
	"holon/internal/session"
)

// GroupModel says of which therapy model a group of a study is: a code such as cbt, by
// which the study asks whether what it finds differs from model to model.
type GroupModel struct {
	Group session.GroupID
	Model session.Code
}

// ModelOf returns a group's therapy model, empty where none is named.
func (s *Study) ModelOf(g session.GroupID) session.Code {
	k, found := slices.BinarySearchFunc(s.Models, g, func(m GroupModel, g session.GroupID) int { return cmp.Compare(m.Group, g) })
	if !found {
		return ""
	}
	return s.Models[k].Model
}

// checkModels returns the models by group and notes what is wrong with them.
func checkModels(faults *fault.List, in []GroupModel, groups []session.GroupID) []GroupModel {
	var out []GroupModel
	seen := map[session.GroupID]bool{}
	for i, m := range in {
		at := "/models/" + strconv.Itoa(i)
		code, err := session.ParseCode(string(m.Model))
		if err != nil {
			_ = faults.Under(at+"/model", err)
		}
		switch {
		case seen[m.Group]:
			faults.Add(at+"/group_id", "repeated", "Nothing may stand here twice.")
		case !slices.Contains(groups, m.Group):
			faults.Add(at+"/group_id", "not_in_study", "The study has no such group.")
		}
		seen[m.Group] = true
		out = append(out, GroupModel{m.Group, code})
	}
	slices.SortFunc(out, func(a, b GroupModel) int { return cmp.Compare(a.Group, b.Group) })
	return out
}
