/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "safetensors-checkpoint.h"

#include "format-error.h"
#include "input-file.h"
#include "json-document.h"

#include <filesystem>
#include <system_error>

namespace ecld
{

namespace
{

namespace fs = std::filesystem;

/// @param name a name in an index @return whether it is a plain file name within the folder
bool
IsFileName(const std::string& name)
{
    return !name.empty() && name != "." && name != ".." &&
           name.find_first_of(std::string("/\\\0", 3)) == std::string::npos;
}

/// @param shape extents @return such as "[2, 3]"
std::string
ShowShape(const std::vector<int64_t>& shape)
{
    std::string text;
    for (const auto extent : shape)
    {
        text += (text.empty() ? "" : ", ") + std::to_string(extent);
    }
    return "[" + text + "]";
}

/// @param type a type @return whether ToFloat takes it
bool
IsFloating(DataType type)
{
    return type == DataType::F64 || type == DataType::F32 || type == DataType::F16 ||
           type == DataType::BF16;
}

/**
 * @param path an index
 * @return tensor to file name
 */
std::map<std::string, std::string>
ReadIndex(const std::string& path)
{
    const auto document = ParseJson(ReadTextFile(path), path);
    const auto weightMap = JsonObject(document, path).GetObject("weight_map");
    std::map<std::string, std::string> shardNames;
    for (const auto& item : weightMap.GetValue().items())
    {
        const auto name = weightMap.GetText(item.key());
        if (!IsFileName(name))
        {
            weightMap.FailValue(item.key(), item.value(), "the name of a file in the same folder");
        }
        shardNames[item.key()] = name;
    }
    return shardNames;
}

} // namespace

SafetensorsCheckpoint::SafetensorsCheckpoint(const std::string& path)
    : m_path(path)
{
    std::error_code error;
    const bool isFolder = fs::is_directory(path, error);
    const auto single = isFolder ? (fs::path(path) / "model.safetensors").string() : path;
    const auto index = (fs::path(path) / "model.safetensors.index.json").string();
    if (!isFolder || fs::exists(single, error))
    {
        m_shards.emplace_back(single);
        for (const auto& tensor : m_shards.back().GetTensors())
        {
            m_shardOf[tensor.name] = 0;
        }
        return;
    }
    if (!fs::exists(index, error))
    {
        ThrowFormatError(path,
                         "",
                         "no checkpoint: neither model.safetensors nor "
                         "model.safetensors.index.json is there");
    }
    std::map<std::string, std::size_t> shards;
    for (const auto& [tensor, name] : ReadIndex(index))
    {
        const auto [it, isNew] = shards.emplace(name, m_shards.size());
        if (isNew)
        {
            m_shards.emplace_back((fs::path(path) / name).string());
        }
        if (!m_shards[it->second].Has(tensor))
        {
            ThrowFormatError(m_shards[it->second].GetPath(),
                             "tensor '" + ShowInput(tensor) + "'",
                             "missing, although " + index + " says it is there");
        }
        m_shardOf[tensor] = it->second;
    }
}

std::vector<std::string>
SafetensorsCheckpoint::GetNames() const
{
    std::vector<std::string> names;
    for (const auto& item : m_shardOf)
    {
        names.push_back(item.first);
    }
    return names;
}

bool
SafetensorsCheckpoint::Has(const std::string& name) const
{
    return m_shardOf.count(name) != 0;
}

const TensorView&
SafetensorsCheckpoint::Get(const std::string& name) const
{
    return FindShard(name).Get(name);
}

const TensorView&
SafetensorsCheckpoint::GetFloating(const std::string& name, const std::vector<int64_t>& shape) const
{
    const auto& shard = FindShard(name);
    const auto& tensor = shard.Get(name);
    const auto place = "tensor '" + ShowInput(name) + "'";
    if (!IsFloating(tensor.type))
    {
        ThrowFormatError(shard.GetPath(),
                         place,
                         std::string("has dtype ") + GetName(tensor.type) +
                             ", expected F64, F32, F16 or BF16");
    }
    if (tensor.shape != shape)
    {
        ThrowFormatError(shard.GetPath(),
                         place,
                         "has shape " + ShowShape(tensor.shape) + ", expected " + ShowShape(shape));
    }
    return tensor;
}

void
SafetensorsCheckpoint::Release(const std::string& name) const
{
    FindShard(name).Release(name);
}

std::size_t
SafetensorsCheckpoint::GetTensorBytes() const
{
    std::size_t bytes = 0;
    for (const auto& [name, shard] : m_shardOf)
    {
        bytes += m_shards[shard].Get(name).sizeBytes;
    }
    return bytes;
}

const std::string&
SafetensorsCheckpoint::GetFile(const std::string& name) const
{
    return FindShard(name).GetPath();
}

const SafetensorsFile&
SafetensorsCheckpoint::FindShard(const std::string& name) const
{
    const auto it = m_shardOf.find(name);
    if (it == m_shardOf.end())
    {
        ThrowFormatError(m_path, "tensor '" + ShowInput(name) + "'", "missing");
    }
    return m_shards[it->second];
}

} // namespace ecld
