/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "teacher.h"

#include <stdexcept>

namespace ecld
{

namespace
{

/// What the sizes share: 32 channels a head, two query heads to a key/value head
ModelConfig
MakeConfig(Architecture architecture, int64_t hidden, int64_t intermediate, int64_t layers)
{
    ModelConfig config;
    config.architecture = architecture;
    config.hiddenSize = hidden;
    config.intermediateSize = intermediate;
    config.layers = layers;
    config.headDim = 32;
    config.heads = hidden / config.headDim;
    config.keyValueHeads = config.heads / 2;
    config.maxPositions = 256;
    config.ropeTheta = 10000;
    config.tiedEmbeddings = true;
    return config;
}

} // namespace

TeacherSettings
GetTeacherSettings(const std::string& size, Architecture architecture)
{
    TeacherSettings settings;
    if (size == "fixture")
    {
        settings.corpus.countries = 40;
        settings.vocabularySize = 512;
        settings.config = MakeConfig(architecture, 128, 384, 2);
        settings.training.steps = 1400;
        settings.training.rows = 8;
        return settings;
    }
    if (size == "small")
    {
        settings.corpus.countries = 60;
        settings.vocabularySize = 768;
        settings.config = MakeConfig(architecture, 128, 512, 3);
        settings.training.steps = 1800;
        settings.training.rows = 8;
        settings.training.length = 96; // the longest text has 84 tokens
        return settings;
    }
    if (size == "table")
    {
        settings.corpus.countries = 250;
        settings.corpus.currencies = 200;
        settings.corpus.languages = 300;
        settings.corpus.persons = 600;
        settings.vocabularySize = 2048;
        settings.config = MakeConfig(architecture, 256, 768, 5);
        settings.training.steps = 5600; // 40 times through the texts
        return settings;
    }
    throw std::invalid_argument("size: \"" + size + "\" is not fixture, small or table");
}

} // namespace ecld
