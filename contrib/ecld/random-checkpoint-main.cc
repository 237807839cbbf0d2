/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Writes a checkpoint of a published model's shapes with random weights, for measuring.

#include "compress/random-checkpoint.h"
#include "model/progress-bar.h"

#include <iostream>
#include <stdexcept>

using namespace ecld;

int
main(int argc, char* argv[])
{
    if (argc != 3)
    {
        std::cerr << "ecld-random-checkpoint SHAPE FOLDER; SHAPE: llama-3.1-8b, qwen3-8b, "
                     "mistral-nemo-12b, or tiny (a few MB)\n";
        return 1;
    }
    try
    {
        const ModelConfig config = GetPublishedConfig(argv[1]);
        ProgressBar bar(argv[1], config.GetParameterCount());
        WriteRandomCheckpoint(config, 1, argv[2], [&](int64_t done, int64_t) { bar.Show(done); });
        return 0;
    }
    catch (const std::exception& e)
    {
        std::cerr << "ecld-random-checkpoint: " << e.what() << '\n';
        return 1;
    }
}
