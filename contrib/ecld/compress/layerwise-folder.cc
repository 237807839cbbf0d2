/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "layerwise-folder.h"

#include <utility>

namespace ecld
{

LayerwiseFolder::LayerwiseFolder(std::string path)
    : m_path(std::move(path))
{
}

const std::string&
LayerwiseFolder::GetPath() const
{
    return m_path;
}

std::string
LayerwiseFolder::GetFullStates(int64_t layer) const
{
    return m_path + "/full-states-" + std::to_string(layer);
}

std::string
LayerwiseFolder::GetLayerSums(int64_t layer) const
{
    return m_path + "/full-sums-" + std::to_string(layer);
}

std::string
LayerwiseFolder::GetSmallStates(int64_t layer) const
{
    return m_path + "/small-states-" + std::to_string(layer);
}

std::string
LayerwiseFolder::GetWantedStates(int64_t layer) const
{
    return m_path + "/wanted-states-" + std::to_string(layer);
}

std::string
LayerwiseFolder::GetBlocks(const std::string& part) const
{
    return m_path + "/blocks-" + part;
}

} // namespace ecld
