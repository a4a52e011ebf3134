package main

import (
	"context"
	"fmt"
	"strings"

	"holon/internal/multilevel"
)

// weeks lists the scenarios of the intervals.
func weeks() []weekly {
	var out []weekly
	for _, kind := range []scale{normal(), skewed()} {
		for _, open := range []bool{false, true} {
			for _, groups := range []int{5, 12, 35} {
				for _, group := range []float64{0, 0.1, 0.3} {
					out = append(out, weekly{groups: groups, seats: 8, sessions: 6, open: open, group: group, scale: kind})
				}
			}
		}
	}
	return out
}

// printWeeklyCoverage prints how often each interval holds the truth.
func printWeeklyCoverage(ctx context.Context, out *strings.Builder, o settings) error {
	fmt.Fprintf(out, "## Members over sessions: coverage of the intervals\n\n"+
		"Eight seats, six sessions, groups open or closed as above; %d data sets in each row. How often the intervals hold the truth about the answers as they are given: the profile-likelihood "+
		"interval (REML) of the group's share, and Wald's interval of shared weather S/(S+e).\n\n", o.tables)
	header(out, "groups", "ratings", "group share", "group .95", "group .90", "weather share", "weather .95", "weather .90")
	for number, w := range weeks() {
		share, weather := w.shares()
		kept, err := each(ctx, w.draw, firstWeeklyCovered+uint64(number), o, func(ctx context.Context, rows []multilevel.Row, seed uint64) ([]target, error) {
			r, err := ofWeeks(ctx, rows, settings{inner: 1}, seed)
			if err != nil {
				return nil, err
			}
			return weeklyTargets(&r, share, weather), nil
		})
		if err != nil {
			return err
		}
		rates := make([]rate, 4)
		for _, list := range kept {
			for i := range rates {
				if yes, defined := list[i].held(); defined {
					rates[i].add(yes)
				}
			}
		}
		row(out, fmt.Sprintf("%d %s", w.groups, w.label()), w.scale.label, short(share), rates[0].String(), rates[1].String(), short(weather), rates[2].String(), rates[3].String())
	}
	out.WriteString("\n")
	return nil
}

// weeklyTargets returns the intervals of a result in the order of the columns.
func weeklyTargets(r *multilevel.GroupLevel, share, weather float64) []target {
	level := func(list []multilevel.Interval, level float64) multilevel.Interval {
		for _, iv := range list {
			if iv.Level == level {
				return iv
			}
		}
		return multilevel.Interval{}
	}
	var ofWeather []multilevel.Interval
	if r.Weather != nil {
		ofWeather = r.Weather.CI
	}
	ofGroup := r.REML.ShareCI.Group
	return []target{{level(ofGroup, 0.95), share}, {level(ofGroup, 0.90), share}, {level(ofWeather, 0.95), weather}, {level(ofWeather, 0.90), weather}}
}
