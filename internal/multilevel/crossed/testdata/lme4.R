# The lme4 half of compare_lme4.sh: Rscript lme4.R FILE NAME REPEATS MODE
# MODE is "plain" (the default settings) or "bare" (without the check of derivatives).
# Prints: lme4-MODE name wall processor peak_kB deviance group member session residual mean
suppressMessages(library(lme4))
args <- commandArgs(trailingOnly = TRUE)
file <- file(args[1], "rb")
head <- readBin(file, "integer", 2, 4, endian = "little")
n <- head[1]
g <- readBin(file, "integer", n, 4, endian = "little")
m <- readBin(file, "integer", n, 4, endian = "little")
s <- if (head[2] == 1) readBin(file, "integer", n, 4, endian = "little")
y <- readBin(file, "double", n, 8, endian = "little")
close(file)
# Codes are made into factors before the clock starts.
level <- function(x) { u <- sort(unique(x)); structure(match(x, u), levels = as.character(u), class = "factor") }
d <- data.frame(y = y, g = level(g))
formula <- y ~ 1 + (1 | g)
if (!is.null(s)) {
  d$gm <- level(g * 100L + m)
  d$gs <- level(g * 100L + s)
  formula <- y ~ 1 + (1 | g) + (1 | gm) + (1 | gs)
}
rm(g, m, s, y)
control <- if (args[4] == "plain") lmerControl() else lmerControl(calc.derivs = FALSE)
wall <- Inf; processor <- Inf
for (i in seq_len(as.integer(args[3]))) {
  t <- system.time(fit <- suppressWarnings(lmer(formula, d, REML = TRUE, control = control)))
  wall <- min(wall, t[["elapsed"]]); processor <- min(processor, t[["user.self"]] + t[["sys.self"]])
}
peak <- 0
if (file.exists("/proc/self/status"))
  peak <- as.integer(gsub("[^0-9]", "", grep("^VmHWM", readLines("/proc/self/status"), value = TRUE)))
v <- as.data.frame(VarCorr(fit)); v <- setNames(v$vcov, v$grp)
get <- function(x) if (x %in% names(v)) v[[x]] else 0
cat(paste0("lme4-", args[4]), args[2], sprintf("%.6f", c(wall, processor)), peak,
    sprintf("%.17g", c(REMLcrit(fit), get("g"), get("gm"), get("gs"), get("Residual"), fixef(fit)[[1]])), "\n")
