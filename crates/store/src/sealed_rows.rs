//! A table whose rows are sealed: only lookup MACs and times are clear.
