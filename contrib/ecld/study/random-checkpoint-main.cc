/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Writes a checkpoint of a published model's shapes with random weights, for measuring.

#include "base/folder-lock.h"
#include "base/interruption.h"
#include "base/program.h"
#include "base/progress-bar.h"
#include "random-checkpoint.h"

#include <filesystem>
#include <stdexcept>

using namespace ecld;

namespace
{

/// @param argc number of arguments @param argv shape and folder
void
Run(int argc, char* argv[])
{
    if (argc != 3)
    {
        throw std::invalid_argument("expected SHAPE FOLDER; SHAPE: llama-3.1-8b, qwen3-8b, "
                                    "mistral-nemo-12b, or tiny (a few MB)");
    }
    const std::string shape = argv[1];
    const std::string folder = argv[2];
    const ModelConfig config = GetPublishedConfig(shape);
    const base::FolderLock lock(folder);
    if (std::filesystem::exists(folder + "/config.json")) // written last
    {
        throw std::runtime_error(folder + ": holds a model, expected another folder, or that model "
                                          "removed");
    }
    const base::InterruptionGuard guard;
    base::ProgressBar bar(shape, config.GetParameterCount());
    WriteRandomCheckpoint(config, 1, folder, [&bar](int64_t done, int64_t) {
        bar.Show(done);
        base::InterruptionGuard::RequireGoingOn();
    });
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("ecld-random-checkpoint", argc, argv, [&]() { Run(argc, argv); });
}
