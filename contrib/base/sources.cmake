# Needs neither ns-3 nor LibTorch; compiled into the module.
set(base_sources
    contrib/base/file-lock.cc
    contrib/base/folder-lock.cc
    contrib/base/format-error.cc
    contrib/base/interruption.cc
    contrib/base/json-document.cc
    contrib/base/number-text.cc
    contrib/base/output-file.cc
    contrib/base/program.cc
    contrib/base/progress-bar.cc
    contrib/base/random-stream.cc
    contrib/base/regular-file.cc
    contrib/base/terminal.cc
)
