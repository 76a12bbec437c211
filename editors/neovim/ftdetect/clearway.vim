autocmd BufRead,BufNewFile *.cw setfiletype clearway
