#!/bin/sh
# Fits the same ratings with lme4 and with Holon and prints times, peak memory,
# their ratios and the largest difference of the estimates.
# Usage: compare_lme4.sh [DESIGN ...]; DESIGN is a name of bench_test.go. lme4 takes
# one to two minutes for each design of 10,000 groups.
# Times are the least of 9 fits by Holon and of 3 by lme4 (1 with 10,000 groups), from
# ratings in memory: Holon's include its pass over them, lme4's exclude the making
# of factors. Peak memory is of the process, with the ratings in it.
# Needs go, and R with lme4: without them it says so and ends with 0, or with 1 if
# HOLON_LME4_REQUIRED is set.
set -eu
skip() {
	echo "skipped: $1 is not on this machine" >&2
	[ -z "${HOLON_LME4_REQUIRED:-}" ]
	exit
}
command -v go >/dev/null || skip go
command -v Rscript >/dev/null || skip Rscript
Rscript -e 'quit(status = !requireNamespace("lme4", quietly = TRUE))' >/dev/null 2>&1 || skip 'the R package lme4'
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
[ $# -gt 0 ] || set -- 1000x8_once 500x8x20 500x8x20_fifth_missing 10000x8x20 10000x8x20_fifth_missing
(cd "$here/.." && go test -c -o "$dir/crossed.test" .)
export HOLON_LME4_DIR="$dir"
printf '%-26s %-11s %10s %10s %9s   %s\n' design program wall_s cpu_s peak_MB 'lme4 / holon: wall, cpu, memory; largest relative difference of a variance; difference of deviance'
for design in "$@"; do
	HOLON_LME4=write "$dir/crossed.test" -test.run "^TestBesideLme4\$/^$design\$" >/dev/null
	HOLON_LME4=fit "$dir/crossed.test" -test.run "^TestBesideLme4\$/^$design\$" | grep '^holon' >"$dir/lines"
	repeats=3
	case $design in 10000x*) repeats=1 ;; esac
	for mode in bare plain; do
		OPENBLAS_NUM_THREADS=2 Rscript "$here/lme4.R" "$dir/$design.bin" "$design" $repeats $mode >>"$dir/lines"
	done
	awk '{
		printf "%-26s %-11s %10.5f %10.5f %9.1f", $2, $1, $3, $4, $5/1024
		if ($1 == "holon") { for (i = 3; i <= 11; i++) h[i] = $i; print ""; next }
		worst = 0
		for (i = 7; i <= 10; i++) if (h[i] > 0) { d = $i/h[i]-1; if (d < 0) d = -d; if (d > worst) worst = d }
		memory = h[5] > 0 ? $5/h[5] : 0
		printf "   %.0f, %.0f, %.1f; %.1e; %.1e\n", $3/h[3], $4/h[4], memory, worst, $6-h[6]
	}' "$dir/lines"
	rm -f "$dir/$design.bin"
done
