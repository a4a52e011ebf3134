# Expected values of surface.csv: lm, covariances of linear combinations by hand,
# HC2 from sandwich; CR2, Satterthwaite's df and the HTZ test from clubSandwich (with
# every row a cluster of its own, CR2 is HC2 and the df are Bell and McCaffrey's).
# Run: Rscript surface.R (writes surface.csv, surface.json).
suppressMessages({library(jsonlite); library(sandwich); library(clubSandwich)})
set.seed(19930101)
n <- 120; g <- rep(sprintf("t%02d", 1:20), times = 4 + (1:20) %% 5)[1:n]
u <- rnorm(20)[as.integer(factor(g))]; common <- rnorm(n)
x <- round(4 + .5 * u + .7 * common + .8 * rnorm(n), 1); y <- round(4.4 + .7 * common + .9 * rnorm(n), 1)
age <- sample(11:17, n, TRUE); site <- sample(c("a", "b"), n, TRUE)
z <- round(20 + 1.5 * (x - 4.2) + .8 * (y - 4.2) - 1.1 * (x - y)^2 + .3 * age + .8 * u + (1 + .5 * abs(x - 4)) * rnorm(n), 1)
write.csv(data.frame(g, x, y, age, site, z), "surface.csv", row.names = FALSE, quote = FALSE)
d <- read.csv("surface.csv")
answer <- function(clustered, covariates, centre) {
  X <- d$x - centre; Y <- d$y - centre
  q <- data.frame(z = d$z, X = X, Y = Y, XX = X^2, XY = X * Y, YY = Y^2, age = d$age - mean(d$age), site = (d$site == "b") - mean(d$site == "b"))
  rhs <- function(s) reformulate(c(s, if (covariates) c("age", "site")), "z")
  f <- lm(rhs(c("X", "Y", "XX", "XY", "YY")), q); b <- coef(f); p <- length(b)
  cl <- if (clustered) factor(d$g) else factor(seq_len(n))
  V <- vcovCR(f, cl, "CR2")
  if (!clustered) stopifnot(all.equal(unclass(vcovHC(f, "HC2")), matrix(V, p, p), check.attributes = FALSE))
  pad <- function(...) { v <- c(0, ...); c(v, rep(0, p - length(v))) }
  A <- rbind(a1 = pad(1, 1), a2 = pad(0, 0, 1, 1, 1), a3 = pad(1, -1), a4 = pad(0, 0, 1, -1, 1), a5 = pad(0, 0, 1, 0, -1))
  C <- rbind(diag(p), A); rownames(C) <- paste0("c", seq_len(nrow(C)))
  ct <- linear_contrast(f, V, C, test = "Satterthwaite", p_values = TRUE)
  one <- lapply(seq_len(nrow(C)), function(i) list(estimate = sum(C[i, ] * b), classical = sqrt(drop(C[i, ] %*% vcov(f) %*% C[i, ])), se = sqrt(drop(C[i, ] %*% V %*% C[i, ])),
    df = ct$df[i], p = ct$p_val[i], lower = ct$CI_L[i], upper = ct$CI_U[i]))
  E <- diag(p)[2:6, ]
  htz <- function(R) { w <- Wald_test(f, constraints = R, vcov = V, test = "HTZ"); list(f = w$Fstat, df1 = w$df_num, df2 = w$df_denom, p = w$p_val) }
  tests <- list(surface = htz(E), second_order = htz(E[3:5, ]), difference = htz(rbind(A["a1", ], E[3:5, ])), squared_difference = htz(rbind(E[1:2, ], A["a5", ], pad(0, 0, 2, 1))),
    place = htz(A[c("a3", "a5"), ]), level = htz(A[c("a1", "a2"), ]))
  b <- unname(b); D <- 4 * b[4] * b[6] - b[5]^2; x0 <- (b[3] * b[5] - 2 * b[2] * b[6]) / D; y0 <- (b[2] * b[5] - 2 * b[3] * b[4]) / D
  root <- sqrt((b[4] - b[6])^2 + b[5]^2); p11 <- (b[6] - b[4] + root) / b[5]; p21 <- (b[6] - b[4] - root) / b[5]
  gr <- pad(0, 0, 4 * b[6], -2 * b[5], 4 * b[4])
  # Fieller's limits by search: where |estimate| = t SE of the combination that is zero at the true value.
  crossings <- function(make, at, width, df) { h <- function(v) { k <- make(v); abs(sum(k * b)) - qt(.975, df) * sqrt(drop(k %*% V %*% k)) }
    c(uniroot(h, c(at - width, at), tol = 1e-13)$root, uniroot(h, c(at, at + width), tol = 1e-13)$root) }
  df <- function(i, j) min(ct$df[p + i], if (j == "b4") ct$df[5] else ct$df[p + j])
  shift <- -sum(A["a3", ] * b) / sum(A["a4", ] * b)
  phi <- atan2(b[5], b[4] - b[6]) / 2
  r2 <- function(s) summary(lm(rhs(s), q))$r.squared
  q$D <- X - Y; q$DD <- (X - Y)^2; rms <- sqrt(mean((d$x - d$y)^2))
  zx <- as.vector(scale(d$x)); zy <- as.vector(scale(d$y))
  list(centre = centre, combinations = one, tests = tests, determinant = D, determinant_se = sqrt(drop(gr %*% V %*% gr)), x0 = x0, y0 = y0, p11 = p11, p10 = y0 - p11 * x0, p21 = p21, p20 = y0 - p21 * x0,
    angle = phi * 180 / pi, angle_ci = crossings(function(v) pad(0, 0, -sin(2 * v), cos(2 * v), sin(2 * v)), phi, pi / 4, df(5, "b4")) * 180 / pi,
    shift = shift, shift_ci = crossings(function(v) A["a3", ] + v * A["a4", ], shift, 8, df(3, 4)),
    typical = sum(A["a4", ] * b) * rms^2 / 4, standard = sum(A["a4", ] * b) * rms^2 / 4 / sd(d$z),
    r2 = list(difference = r2("D"), squared = r2("DD"), plane = r2(c("X", "Y")), surface = summary(f)$r.squared, adjusted = summary(f)$adj.r.squared, covariates = if (covariates) r2(NULL) else 0),
    first_higher = sum(zx - zy > .5), second_higher = sum(zx - zy < -.5))
}
write(toJSON(list(rows = answer(FALSE, FALSE, mean(c(d$x, d$y))), clusters = answer(TRUE, TRUE, 4)), digits = 15, auto_unbox = TRUE, pretty = TRUE), "surface.json")
