package importing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"holon/internal/practice"
	"holon/internal/session"
)

// store writes the people and then the groups, each in one write.
func (x *roster) store(ctx context.Context) error {
	var todo []func(context.Context) error
	for _, code := range slices.Sorted(maps.Keys(x.members)) {
		if e := x.members[code]; e.made != nil && !e.row.faulty {
			todo = append(todo, func(ctx context.Context) error { return x.intake.MakeMember(ctx, e.made) })
		}
	}
	for _, code := range slices.Sorted(maps.Keys(x.therapists)) {
		if e := x.therapists[code]; e.made != nil && !e.row.faulty {
			todo = append(todo, func(ctx context.Context) error { return x.intake.MakeTherapist(ctx, e.made) })
		}
	}
	for _, code := range x.order {
		e := x.groups[code]
		switch {
		case e.bad:
		case e.isNew:
			todo = append(todo, func(ctx context.Context) error { return x.intake.MakeGroup(ctx, e.group) })
		case len(e.add) > 0:
			todo = append(todo, func(ctx context.Context) error {
				return x.intake.ChangeGroup(ctx, e.group.ID, e.content(), e.apply)
			})
		}
	}
	if len(todo) == 0 && !x.report.Resumed {
		return nil
	}
	if err := x.intake.Begin(ctx, session.ImportRecord{Kind: string(x.Kind), FileSHA: x.report.FileSHA, Rows: x.count}); err != nil {
		return err
	}
	for i, write := range todo {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := write(ctx); err != nil {
			return err
		}
		x.Progress("storing people and groups", i+1, len(todo))
	}
	return x.intake.Finish(ctx, 0, 0)
}

// content names what is added to a stored group, for the key of the write.
func (e *groupEntry) content() string {
	sum := sha256.Sum256([]byte(e.number() + e.told))
	return hex.EncodeToString(sum[:])[:32]
}

// apply adds to the stored group, as it is then, what it lacks.
func (e *groupEntry) apply(g *session.Group) error {
	if len(e.add) == 0 {
		return practice.ErrNothingNew
	}
	for _, add := range e.add {
		if err := add(g); err != nil {
			return err
		}
	}
	return nil
}
