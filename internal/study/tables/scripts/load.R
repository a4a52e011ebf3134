# Reads the tables of this package into data frames. Base R, nothing else.
#   Rscript load.R            prints how many rows each table has
#   source("load.R")          makes the list `holon`, for example holon$cohesion
# Run it in the directory of the package, or set HOLON_PACKAGE to that directory.
# Types: t text, i whole number, n number, l true or false. Empty cells are NA.
holon_directory <- Sys.getenv("HOLON_PACKAGE", ".")
holon_types <- c(@[range $i, $t := .]@@[if $i]@,@[end]@
  @[$t.Name]@ = "@[types $t]@"@[end]@)
holon_read <- function(name) {
  classes <- c(t = "character", i = "integer", n = "numeric", l = "character")
  types <- strsplit(holon_types[[name]], "")[[1]]
  table <- read.csv(file.path(holon_directory, paste0(name, ".csv")), colClasses = unname(classes[types]),
                    na.strings = "", encoding = "UTF-8", check.names = FALSE, quote = "\"", comment.char = "")
  for (k in which(types == "l")) table[[k]] <- table[[k]] == "true"
  table
}
holon <- lapply(setNames(names(holon_types), names(holon_types)), holon_read)
if (!interactive() && sys.nframe() == 0L) for (name in names(holon)) cat(name, nrow(holon[[name]]), "\n")
