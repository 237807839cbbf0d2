/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "safetensors.h"

#include "base/format-error.h"
#include "base/json-document.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

namespace ecld
{

namespace
{

using nlohmann::json;

constexpr std::size_t LENGTH_BYTES = 8;             //!< bytes of the header's length
constexpr std::size_t MAX_HEADER_BYTES = 100000000; //!< the format's own limit

/// @param data at least 8 bytes @return the little-endian number there
uint64_t
ReadLength(const std::byte* data)
{
    uint64_t length = 0;
    for (std::size_t i = LENGTH_BYTES; i > 0; --i)
    {
        length = (length << 8) | std::to_integer<uint64_t>(data[i - 1]);
    }
    return length;
}

/// Where a tensor lies in the data of a file.
struct Extent
{
    std::size_t begin; //!< first byte
    std::size_t end;   //!< one past the last byte
    std::string name;  //!< of the tensor
};

/**
 * @param shape extents, not negative
 * @param elementBytes bytes of an element
 * @return bytes of the tensor, none where no size_t holds them
 */
std::optional<std::size_t>
CountBytes(const std::vector<int64_t>& shape, std::size_t elementBytes)
{
    if (std::find(shape.begin(), shape.end(), 0) != shape.end())
    {
        return 0; // whatever the others are
    }
    std::size_t bytes = elementBytes;
    for (const auto extent : shape)
    {
        const auto factor = static_cast<std::size_t>(extent);
        if (bytes > std::numeric_limits<std::size_t>::max() / factor)
        {
            return std::nullopt;
        }
        bytes *= factor;
    }
    return bytes;
}

/**
 * @param tensor the tensor's object
 * @param key a field with an array of integers from 0
 * @return the integers
 */
std::vector<int64_t>
ReadIntegers(const base::JsonObject& tensor, const std::string& key)
{
    std::vector<int64_t> extents;
    for (const auto& entry : tensor.GetArray(key))
    {
        const bool fits =
            entry.is_number_unsigned() &&
            entry.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
        if (!fits)
        {
            tensor.FailValue(key, entry, "integers from 0");
        }
        extents.push_back(entry.get<int64_t>());
    }
    return extents;
}

/// @param name of a tensor @return what messages call it
std::string
GetPlace(const std::string& name)
{
    return "tensor '" + base::ShowInput(name) + "'";
}

/**
 * @param name the tensor
 * @param object its object
 * @param dataBytes of the file
 * @return where it lies
 */
Extent
ReadExtent(const std::string& name, const base::JsonObject& object, std::size_t dataBytes)
{
    const auto offsets = ReadIntegers(object, "data_offsets");
    if (offsets.size() != 2 || offsets[0] > offsets[1])
    {
        object.Fail("data_offsets", "expected [begin, end] with begin <= end");
    }
    const auto end = static_cast<std::size_t>(offsets[1]);
    if (end > dataBytes)
    {
        object.Fail("data_offsets",
                    "ends at byte " + std::to_string(end) + ", but the file has only " +
                        std::to_string(dataBytes) + " bytes of data (is it truncated?)");
    }
    return {static_cast<std::size_t>(offsets[0]), end, name};
}

/**
 * @param object the tensor's object
 * @param type its type
 * @param extent where it lies
 * @param data the file's data, after the header
 * @return the tensor, within the data
 */
TensorView
ReadTensor(const base::JsonObject& object,
           DataType type,
           const Extent& extent,
           const std::byte* data)
{
    TensorView tensor;
    tensor.name = extent.name;
    tensor.type = type;
    tensor.shape = ReadIntegers(object, "shape");
    tensor.sizeBytes = extent.end - extent.begin;
    const auto expected = CountBytes(tensor.shape, GetSize(tensor.type));
    if (tensor.sizeBytes != expected)
    {
        object.Fail("data_offsets",
                    "span " + std::to_string(tensor.sizeBytes) +
                        " bytes, but shape and dtype need " +
                        (expected ? std::to_string(*expected) : "more than memory has"));
    }
    tensor.data = data + extent.begin;
    return tensor;
}

/**
 * Fail unless the tensors cover the data.
 * @param extents of all tensors, sorted
 * @param dataBytes of the file
 * @param file what messages call the file
 */
void
CheckCover(const std::vector<Extent>& extents, std::size_t dataBytes, const std::string& file)
{
    std::size_t covered = 0;
    for (const auto& extent : extents)
    {
        if (extent.begin != covered)
        {
            base::ThrowFormatError(file,
                                   GetPlace(extent.name),
                                   std::string(extent.begin < covered
                                                   ? "overlaps the tensor before it"
                                                   : "leaves a hole before it") +
                                       ": begins at byte " + std::to_string(extent.begin) +
                                       ", expected " + std::to_string(covered));
        }
        covered = extent.end;
    }
    if (covered != dataBytes)
    {
        base::ThrowFormatError(file,
                               "",
                               std::to_string(dataBytes) + " bytes of data, but its tensors take " +
                                   std::to_string(covered));
    }
}

/// @param value `__metadata__` @param file what messages call the file @return its texts
std::map<std::string, std::string>
ReadMetadata(const json& value, const std::string& file)
{
    const base::JsonObject object(value, file, "__metadata__");
    std::map<std::string, std::string> metadata;
    for (const auto& item : value.items())
    {
        metadata[item.key()] = object.GetText(item.key());
    }
    return metadata;
}

} // namespace

int64_t
TensorView::GetCount() const
{
    return static_cast<int64_t>(sizeBytes / GetSize(type));
}

SafetensorsContent
ParseSafetensors(const std::byte* data, std::size_t sizeBytes, const std::string& file)
{
    if (sizeBytes < LENGTH_BYTES)
    {
        base::ThrowFormatError(file,
                               "",
                               "no safetensors file: " + std::to_string(sizeBytes) +
                                   " bytes, expected a header");
    }
    const auto headerBytes = ReadLength(data);
    if (headerBytes > MAX_HEADER_BYTES || headerBytes > sizeBytes - LENGTH_BYTES)
    {
        base::ThrowFormatError(file,
                               "",
                               "no safetensors file, or a truncated one: header of " +
                                   std::to_string(headerBytes) + " bytes in a file of " +
                                   std::to_string(sizeBytes));
    }
    const std::string header(reinterpret_cast<const char*>(data + LENGTH_BYTES), headerBytes);
    if (header.empty() || header.front() != '{')
    {
        base::ThrowFormatError(file, "", "no safetensors file: its header does not begin with '{'");
    }
    const auto document = base::ParseJson(header, file);
    const std::byte* tensorData = data + LENGTH_BYTES + headerBytes;
    const std::size_t dataBytes = sizeBytes - LENGTH_BYTES - headerBytes;

    SafetensorsContent content;
    std::vector<Extent> extents;
    for (const auto& item : document.items())
    {
        if (item.key() == "__metadata__")
        {
            content.metadata = ReadMetadata(item.value(), file);
            continue;
        }
        const base::JsonObject object(item.value(), file, GetPlace(item.key()));
        const auto typeName = object.GetText("dtype");
        extents.push_back(ReadExtent(item.key(), object, dataBytes));
        if (const auto type = FindDataType(typeName))
        {
            content.tensors.push_back(ReadTensor(object, *type, extents.back(), tensorData));
        }
        else
        {
            content.others[item.key()] = typeName;
        }
    }
    std::sort(content.tensors.begin(),
              content.tensors.end(),
              [](const TensorView& a, const TensorView& b) {
                  return std::tie(a.data, a.sizeBytes, a.name) <
                         std::tie(b.data, b.sizeBytes, b.name);
              });
    std::sort(extents.begin(), extents.end(), [](const Extent& a, const Extent& b) {
        return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
    });
    CheckCover(extents, dataBytes, file);
    return content;
}

SafetensorsFile::SafetensorsFile(const std::string& path)
    : m_file(path),
      m_content(ParseSafetensors(m_file.GetData(), m_file.GetSizeBytes(), path))
{
    for (std::size_t i = 0; i < m_content.tensors.size(); ++i)
    {
        m_indices[m_content.tensors[i].name] = i;
    }
}

const std::string&
SafetensorsFile::GetPath() const
{
    return m_file.GetPath();
}

const std::vector<TensorView>&
SafetensorsFile::GetTensors() const
{
    return m_content.tensors;
}

const std::map<std::string, std::string>&
SafetensorsFile::GetOthers() const
{
    return m_content.others;
}

const std::map<std::string, std::string>&
SafetensorsFile::GetMetadata() const
{
    return m_content.metadata;
}

bool
SafetensorsFile::Has(const std::string& name) const
{
    return m_indices.count(name) != 0 || m_content.others.count(name) != 0;
}

const TensorView&
SafetensorsFile::Get(const std::string& name) const
{
    const auto other = m_content.others.find(name);
    if (other != m_content.others.end())
    {
        base::ThrowFormatError(
            GetPath(),
            GetPlace(name) + "/dtype",
            "got '" + base::ShowInput(other->second) +
                "', expected F64, F32, F16, BF16, I64, I32, I16, I8, U8 or BOOL");
    }
    const auto it = m_indices.find(name);
    if (it == m_indices.end())
    {
        base::ThrowFormatError(GetPath(), GetPlace(name), "missing");
    }
    return m_content.tensors[it->second];
}

void
SafetensorsFile::Release(const std::string& name) const
{
    const auto& tensor = Get(name);
    m_file.Release(static_cast<std::size_t>(tensor.data - m_file.GetData()), tensor.sizeBytes);
}

} // namespace ecld
