/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "gguf-file.h"

#include "base/format-error.h"

#include <cstring>
#include <set>
#include <type_traits>
#include <utility>

namespace ecld
{

namespace
{

constexpr uint32_t MIN_VERSION = 2;             //!< version 1 counts in 32 bits
constexpr uint32_t MAX_VERSION = 3;             //!< the latest
constexpr uint32_t DEFAULT_ALIGNMENT = 32;      //!< without general.alignment
constexpr uint32_t MAX_ALIGNMENT = 1 << 20;     //!< largest that we take
constexpr std::size_t MAX_DIMENSIONS = 4;       //!< of a tensor
constexpr std::size_t MAX_NAME_BYTES = 63;      //!< longest tensor name
constexpr std::size_t MIN_KEY_VALUE_BYTES = 13; //!< an empty key and one byte
constexpr std::size_t MIN_TENSOR_BYTES = 32;    //!< an empty name and one dimension
constexpr uint32_t STRING_TYPE = 8;             //!< number of the type "string"
constexpr uint32_t ARRAY_TYPE = 9;              //!< number of the type "array"

/// Reads little-endian values, never behind the end.
class Reader
{
  public:
    /// @param data the file @param sizeBytes its bytes @param file what messages call it
    Reader(const std::byte* data, std::size_t sizeBytes, const std::string& file)
        : m_data(data),
          m_sizeBytes(sizeBytes),
          m_file(file)
    {
    }

    /// @param place what messages name from now on
    void SetPlace(std::string place)
    {
        m_place = std::move(place);
    }

    /// @param problem what is there and what was expected
    [[noreturn]] void Fail(const std::string& problem) const
    {
        base::ThrowFormatError(m_file, m_place, problem);
    }

    /// @return bytes that are left
    std::size_t GetRest() const
    {
        return m_sizeBytes - m_offset;
    }

    /// @return bytes that have been read
    std::size_t GetOffset() const
    {
        return m_offset;
    }

    /// @return the next number
    template <typename Value>
    Value Read()
    {
        if (GetRest() < sizeof(Value))
        {
            Fail("the file ends here, at byte " + std::to_string(m_sizeBytes));
        }
        Value value;
        std::memcpy(&value, m_data + m_offset, sizeof(Value));
        m_offset += sizeof(Value);
        return value;
    }

    /**
     * @param leastBytes bytes that each item takes at least
     * @return the next number of items; the file is long enough for them
     */
    std::size_t ReadCount(std::size_t leastBytes)
    {
        const auto count = Read<uint64_t>();
        if (count > GetRest() / leastBytes)
        {
            Fail("counts " + std::to_string(count) + ", more than the file's " +
                 std::to_string(m_sizeBytes) + " bytes can hold");
        }
        return count;
    }

    /// @return the next text
    std::string ReadText()
    {
        const auto size = ReadCount(1);
        std::string text(reinterpret_cast<const char*>(m_data + m_offset), size);
        m_offset += size;
        return text;
    }

  private:
    const std::byte* m_data;   //!< the file
    std::size_t m_sizeBytes;   //!< its bytes
    const std::string& m_file; //!< what messages call it
    std::string m_place;       //!< key or tensor
    std::size_t m_offset{0};   //!< bytes that have been read
};

/// @param reader where the value is @return a value of one type
template <typename Value>
Value
ReadScalar(Reader& reader)
{
    if constexpr (std::is_same_v<Value, std::string>)
    {
        return reader.ReadText();
    }
    else if constexpr (std::is_same_v<Value, bool>)
    {
        const auto byte = reader.Read<uint8_t>();
        if (byte > 1)
        {
            reader.Fail("truth value " + std::to_string(byte) + ", expected 0 or 1");
        }
        return byte != 0;
    }
    else
    {
        return reader.Read<Value>();
    }
}

/// @param reader where the array is, behind its types @return an array of one type
template <typename Value>
std::vector<Value>
ReadArray(Reader& reader)
{
    constexpr bool isText = std::is_same_v<Value, std::string>;
    const auto count = reader.ReadCount(isText ? sizeof(uint64_t) : sizeof(Value));
    std::vector<Value> values;
    values.reserve(isText ? 0 : count);
    for (std::size_t i = 0; i < count; ++i)
    {
        values.push_back(ReadScalar<Value>(reader));
    }
    return values;
}

/// @param reader where the value is @param isArray whether it is an array @return the value
template <typename Value>
GgufValue
ReadAny(Reader& reader, bool isArray)
{
    return isArray ? GgufValue(ReadArray<Value>(reader)) : GgufValue(ReadScalar<Value>(reader));
}

/// @param reader where type and value are @return the value
GgufValue
ReadValue(Reader& reader)
{
    auto type = reader.Read<uint32_t>();
    const bool isArray = type == ARRAY_TYPE;
    type = isArray ? reader.Read<uint32_t>() : type;
    switch (type)
    {
    case 0:
        return ReadAny<uint8_t>(reader, isArray);
    case 1:
        return ReadAny<int8_t>(reader, isArray);
    case 2:
        return ReadAny<uint16_t>(reader, isArray);
    case 3:
        return ReadAny<int16_t>(reader, isArray);
    case 4:
        return ReadAny<uint32_t>(reader, isArray);
    case 5:
        return ReadAny<int32_t>(reader, isArray);
    case 6:
        return ReadAny<float>(reader, isArray);
    case 7:
        return ReadAny<bool>(reader, isArray);
    case STRING_TYPE:
        return ReadAny<std::string>(reader, isArray);
    case 10:
        return ReadAny<uint64_t>(reader, isArray);
    case 11:
        return ReadAny<int64_t>(reader, isArray);
    case 12:
        return ReadAny<double>(reader, isArray);
    default:
        reader.Fail("has type " + std::to_string(type) + (isArray ? " in an array" : "") +
                    ", expected 0 to 12, no array of arrays");
    }
}

/// @param reader at the first key @param count number of keys @return keys and values
GgufMetadata
ReadMetadata(Reader& reader, std::size_t count)
{
    GgufMetadata metadata;
    std::set<std::string> keys;
    for (std::size_t i = 0; i < count; ++i)
    {
        reader.SetPlace("key " + std::to_string(i));
        auto key = reader.ReadText();
        reader.SetPlace("key '" + base::ShowInput(key) + "'");
        if (!keys.insert(key).second)
        {
            reader.Fail("given twice");
        }
        auto value = ReadValue(reader);
        metadata.emplace_back(std::move(key), std::move(value));
    }
    return metadata;
}

/// @param reader for messages @param metadata keys and values @return alignment of tensor data
std::size_t
FindAlignment(Reader& reader, const GgufMetadata& metadata)
{
    for (const auto& [key, value] : metadata)
    {
        if (key != "general.alignment")
        {
            continue;
        }
        const auto* alignment = std::get_if<uint32_t>(&value);
        reader.SetPlace("key 'general.alignment'");
        if (alignment == nullptr || *alignment == 0 || *alignment > MAX_ALIGNMENT ||
            (*alignment & (*alignment - 1)) != 0)
        {
            reader.Fail("expected a power of two, UINT32, at most " +
                        std::to_string(MAX_ALIGNMENT));
        }
        return *alignment;
    }
    return DEFAULT_ALIGNMENT;
}

/// @param reader at a tensor @param index its number @param file what messages call the file
/// @return the tensor, without its data
GgufTensor
ReadTensor(Reader& reader, std::size_t index, const std::string& file)
{
    reader.SetPlace("tensor " + std::to_string(index));
    GgufTensor tensor;
    tensor.name = reader.ReadText();
    const auto place = "tensor '" + base::ShowInput(tensor.name) + "'";
    reader.SetPlace(place);
    if (tensor.name.empty() || tensor.name.size() > MAX_NAME_BYTES)
    {
        reader.Fail("a name of " + std::to_string(tensor.name.size()) + " bytes, expected 1 to " +
                    std::to_string(MAX_NAME_BYTES));
    }
    const auto dimensions = reader.Read<uint32_t>();
    if (dimensions < 1 || dimensions > MAX_DIMENSIONS)
    {
        reader.Fail("has " + std::to_string(dimensions) + " dimensions, expected 1 to 4");
    }
    for (uint32_t i = 0; i < dimensions; ++i)
    {
        // What is above int64 becomes negative, and is refused as such below.
        tensor.shape.insert(tensor.shape.begin(), static_cast<int64_t>(reader.Read<uint64_t>()));
    }
    const auto type = reader.Read<uint32_t>();
    if (!IsGgufType(type))
    {
        reader.Fail("has type " + std::to_string(type) + ", which is not known");
    }
    tensor.type = static_cast<GgufType>(type);
    tensor.offsetBytes = reader.Read<uint64_t>();
    tensor.sizeBytes = GetGgufTensorBytes(tensor.type, tensor.shape, file + ": " + place);
    return tensor;
}

} // namespace

GgufContent
ParseGguf(const std::byte* data, std::size_t sizeBytes, const std::string& file)
{
    Reader reader(data, sizeBytes, file);
    if (sizeBytes < 4 || std::memcmp(data, "GGUF", 4) != 0)
    {
        reader.Fail("no GGUF file: it does not begin with 'GGUF'");
    }
    reader.Read<uint32_t>();
    const auto version = reader.Read<uint32_t>();
    if (version < MIN_VERSION || version > MAX_VERSION)
    {
        reader.Fail("has version " + std::to_string(version) + ", expected 2 or 3");
    }
    const auto tensors = reader.ReadCount(MIN_TENSOR_BYTES);
    const auto keys = reader.ReadCount(MIN_KEY_VALUE_BYTES);
    GgufContent content;
    content.metadata = ReadMetadata(reader, keys);
    const auto alignment = FindAlignment(reader, content.metadata);
    std::set<std::string> names;
    for (std::size_t i = 0; i < tensors; ++i)
    {
        content.tensors.push_back(ReadTensor(reader, i, file));
        if (!names.insert(content.tensors.back().name).second)
        {
            reader.Fail("given twice");
        }
    }
    const auto align = [alignment](std::size_t bytes) {
        return (bytes + alignment - 1) / alignment * alignment;
    };
    // As in ggml's loader, each tensor begins where the one before it ends, padded.
    const std::size_t dataOffset = align(reader.GetOffset());
    std::size_t expected = 0;
    for (auto& tensor : content.tensors)
    {
        reader.SetPlace("tensor '" + base::ShowInput(tensor.name) + "'");
        if (tensor.offsetBytes != expected)
        {
            reader.Fail("begins at byte " + std::to_string(tensor.offsetBytes) +
                        " of the data, expected " + std::to_string(expected));
        }
        if (dataOffset > sizeBytes || expected > sizeBytes - dataOffset ||
            tensor.sizeBytes > sizeBytes - dataOffset - expected)
        {
            reader.Fail("does not fit the file's " + std::to_string(sizeBytes) +
                        " bytes (is it truncated?)");
        }
        tensor.data = data + dataOffset + expected;
        expected = align(expected + tensor.sizeBytes);
    }
    return content;
}

GgufFile::GgufFile(const std::string& path)
    : m_file(path),
      m_content(ParseGguf(m_file.GetData(), m_file.GetSizeBytes(), path))
{
    for (std::size_t i = 0; i < m_content.tensors.size(); ++i)
    {
        m_indices[m_content.tensors[i].name] = i;
    }
}

const GgufMetadata&
GgufFile::GetMetadata() const
{
    return m_content.metadata;
}

const GgufValue*
GgufFile::FindMetadata(const std::string& key) const
{
    for (const auto& item : m_content.metadata)
    {
        if (item.first == key)
        {
            return &item.second;
        }
    }
    return nullptr;
}

const std::vector<GgufTensor>&
GgufFile::GetTensors() const
{
    return m_content.tensors;
}

bool
GgufFile::Has(const std::string& name) const
{
    return m_indices.count(name) != 0;
}

const GgufTensor&
GgufFile::Get(const std::string& name) const
{
    const auto it = m_indices.find(name);
    if (it == m_indices.end())
    {
        base::ThrowFormatError(m_file.GetPath(),
                               "tensor '" + base::ShowInput(name) + "'",
                               "missing");
    }
    return m_content.tensors[it->second];
}

} // namespace ecld
