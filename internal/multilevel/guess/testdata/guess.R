# Expected values of guess.csv: t.test, cor.test, a partial correlation by lm, and
# lm with a dummy for every member, CR2 and Satterthwaite's df by clubSandwich.
# Run: Rscript guess.R (writes guess.csv, guess.json).
suppressMessages({library(jsonlite); library(clubSandwich)})
set.seed(20260301)
d <- NULL
for (s in 1:14) {
  mood <- rnorm(1)
  own <- round(6 + .08 * s + seq(-1.5, 1.5, length.out = 5) + rnorm(5) + .4 * mood, 1)
  for (m in 1:5) if (runif(1) > .12)
    d <- rbind(d, data.frame(session = s, member = m, answer = own[m], others = mean(own[-m]),
      guess = round(1 + .4 * own[m] + .5 * mean(own[-m]) + .6 * rnorm(1) + .3 * rnorm(1) * mood + .05 * s, 1)))
}
d$others <- round(d$others, 3)
write.csv(d, "guess.csv", row.names = FALSE, quote = FALSE)
d <- read.csv("guess.csv")
pairs <- lapply(1:5, function(m) {
  p <- d[d$member == m, ]; t <- t.test(p$guess, p$answer, paired = TRUE); t9 <- t.test(p$guess, p$answer, paired = TRUE, conf.level = .9)
  r <- cor.test(p$guess, p$answer)
  d <- p$guess - p$answer; n <- length(d); e <- d - mean(d); r1 <- sum(e[-1] * e[-n]) / sum(e^2); a <- min(.8, max(0, r1 + (1 + 4 * r1) / n)); k <- (1 + a) / (1 - a)
  df <- if (a > 0) min(n - 1, max(2, n / k - 1)) else n - 1
  list(alike = a, weeks_ci95 = mean(d) + c(-1, 1) * qt(.975, df) * sd(d) / sqrt(n) * sqrt(k), n = nrow(p), bias = unname(t$estimate), se = t$stderr, ci95 = t$conf.int, ci90 = t9$conf.int, r = unname(r$estimate), r_ci95 = r$conf.int,
    partial = cor(resid(lm(guess ~ session, p)), resid(lm(answer ~ session, p))))
})
z <- atanh(sapply(pairs, function(p) p$partial)); tz <- t.test(z)
f <- lm(guess ~ 0 + answer + others + factor(member), d)
c2 <- coef_test(f, vcovCR(f, d$session, "CR2"), test = "Satterthwaite")
write(toJSON(list(pairs = pairs, mean_partial = unname(tanh(tz$estimate)), mean_ci95 = tanh(tz$conf.int),
  own = c(c2["answer", "beta"], c2["answer", "SE"], c2["answer", "df_Satt"]), others = c(c2["others", "beta"], c2["others", "SE"], c2["others", "df_Satt"])),
  digits = 15, auto_unbox = TRUE, pretty = TRUE), "guess.json")
