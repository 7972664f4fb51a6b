module sluice/web

go 1.24
