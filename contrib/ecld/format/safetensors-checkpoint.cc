/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "safetensors-checkpoint.h"

#include "base/format-error.h"
#include "input-file.h"
#include "python-json.h"

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
    const auto document = ParsePythonJson(ReadPlainText(path), path);
    const auto weightMap = base::JsonObject(document, path).GetObject("weight_map");
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
        const auto& file = m_files.emplace(single, single).first->second;
        for (const auto& tensor : file.GetTensors())
        {
            m_fileOf[tensor.name] = single;
        }
        for (const auto& other : file.GetOthers())
        {
            m_fileOf[other.first] = single;
        }
        return;
    }
    if (!fs::exists(index, error))
    {
        base::ThrowFormatError(path,
                               "",
                               "no checkpoint: neither model.safetensors nor "
                               "model.safetensors.index.json is there");
    }
    m_index = index;
    for (const auto& [tensor, name] : ReadIndex(index))
    {
        m_fileOf[tensor] = (fs::path(path) / name).string();
    }
}

std::vector<std::string>
SafetensorsCheckpoint::GetNames() const
{
    std::vector<std::string> names;
    for (const auto& item : m_fileOf)
    {
        names.push_back(item.first);
    }
    return names;
}

bool
SafetensorsCheckpoint::Has(const std::string& name) const
{
    return m_fileOf.count(name) != 0;
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
    const auto place = "tensor '" + base::ShowInput(name) + "'";
    if (!IsFloating(tensor.type))
    {
        base::ThrowFormatError(shard.GetPath(),
                               place,
                               std::string("has dtype ") + GetName(tensor.type) +
                                   ", expected F64, F32, F16 or BF16");
    }
    if (tensor.shape != shape)
    {
        base::ThrowFormatError(shard.GetPath(),
                               place,
                               "has shape " + ShowShape(tensor.shape) + ", expected " +
                                   ShowShape(shape));
    }
    return tensor;
}

void
SafetensorsCheckpoint::Release(const std::string& name) const
{
    FindShard(name).Release(name);
}

const std::string&
SafetensorsCheckpoint::GetFile(const std::string& name) const
{
    return FindShard(name).GetPath();
}

const SafetensorsFile&
SafetensorsCheckpoint::FindShard(const std::string& name) const
{
    const auto place = "tensor '" + base::ShowInput(name) + "'";
    const auto it = m_fileOf.find(name);
    if (it == m_fileOf.end())
    {
        base::ThrowFormatError(m_path, place, "missing");
    }
    const auto open = m_files.find(it->second);
    const auto& file = open != m_files.end()
                           ? open->second
                           : m_files.emplace(it->second, it->second).first->second;
    if (!file.Has(name))
    {
        base::ThrowFormatError(it->second,
                               place,
                               "missing, although " + m_index + " says it is there");
    }
    return file;
}

} // namespace ecld
