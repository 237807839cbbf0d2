/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "gguf-writer.h"

#include "base/format-error.h"
#include "base/output-file.h"
#include "unicode-text.h"

#include <array>
#include <cmath>
#include <cstring>
#include <set>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace ecld
{

namespace
{

constexpr uint32_t VERSION = 3;              //!< of the format
constexpr std::size_t ALIGNMENT = 32;        //!< of tensor data, the format's default
constexpr std::size_t MAX_KEY_BYTES = 65535; //!< longest key
constexpr std::size_t MAX_NAME_BYTES = 63;   //!< longest tensor name, GGML_MAX_NAME less its zero
constexpr uint32_t ARRAY_TYPE = 9;           //!< number of the type "array"
constexpr std::size_t SCALARS = 12;          //!< scalar alternatives of GgufValue
/// Numbers of the scalar types, in the order of GgufValue.
constexpr std::array<uint32_t, SCALARS> SCALAR_TYPES{0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12};

/// @param bytes a size @return bytes that are missing to a multiple of the alignment
std::size_t
GetPadding(std::size_t bytes)
{
    return (ALIGNMENT - bytes % ALIGNMENT) % ALIGNMENT;
}

/// Appends little-endian values to a text.
class Buffer
{
  public:
    /// @param value a number or truth value
    template <typename Value>
    std::enable_if_t<std::is_arithmetic_v<Value>> Append(Value value)
    {
        std::array<char, sizeof(Value)> bytes{};
        std::memcpy(bytes.data(), &value, sizeof(Value));
        m_bytes.append(bytes.data(), bytes.size());
    }

    /// @param text its length and bytes are appended
    void Append(const std::string& text)
    {
        Append(static_cast<uint64_t>(text.size()));
        m_bytes += text;
    }

    /// @param values their length and each of them are appended
    template <typename Value>
    void Append(const std::vector<Value>& values)
    {
        Append(static_cast<uint64_t>(values.size()));
        for (std::size_t i = 0; i < values.size(); ++i)
        {
            Append(static_cast<const Value&>(values[i]));
        }
    }

    /// Append a value with its type. @param value any value
    void AppendValue(const GgufValue& value)
    {
        if (value.index() >= SCALARS)
        {
            Append(ARRAY_TYPE);
        }
        Append(SCALAR_TYPES[value.index() % SCALARS]);
        std::visit([this](const auto& content) { Append(content); }, value);
    }

    /// Append zeros up to a multiple of the alignment.
    void Pad()
    {
        m_bytes.append(GetPadding(m_bytes.size()), '\0');
    }

    /// @return what has been appended
    const std::string& GetBytes() const
    {
        return m_bytes;
    }

  private:
    std::string m_bytes; //!< what has been appended
};

/// @param value a number @return whether a file may hold it
template <typename Value>
bool
IsGood(const Value& value)
{
    if constexpr (std::is_floating_point_v<Value>)
    {
        return std::isfinite(value);
    }
    else if constexpr (std::is_same_v<Value, std::string>)
    {
        return !FindInvalidUtf8(value);
    }
    else
    {
        return true;
    }
}

/// @param values an array @return whether a file may hold each
template <typename Value>
bool
IsGood(const std::vector<Value>& values)
{
    for (std::size_t i = 0; i < values.size(); ++i)
    {
        if (!IsGood(static_cast<const Value&>(values[i])))
        {
            return false;
        }
    }
    return true;
}

/// @param key a key @return whether the format takes it
bool
IsKey(const std::string& key)
{
    return !key.empty() && key.size() <= MAX_KEY_BYTES &&
           key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-") == std::string::npos;
}

} // namespace

/// The file and turns.
struct GgufWriter::Impl
{
    std::string path;                       //!< where the file will be
    GgufMetadata metadata;                  //!< keys and values
    std::set<std::string> keys;             //!< keys
    std::vector<GgufTensor> tensors;        //!< declared tensors
    std::set<std::string> names;            //!< their names
    std::size_t dataBytes{0};               //!< data of all tensors, padded
    std::unique_ptr<base::OutputFile> file; //!< the file, once begun
    std::size_t turn{0};                    //!< tensor that is being written
    std::size_t turnBytes{0};               //!< its bytes so far

    /// @param place key or tensor @param problem what is wrong with it
    [[noreturn]] void Refuse(const std::string& place, const std::string& problem) const
    {
        throw std::invalid_argument(path + ": " + base::ShowInput(place) + ": " + problem);
    }

    /// Write what stands before the data.
    void Begin()
    {
        if (file)
        {
            return;
        }
        Buffer buffer;
        buffer.Append('G');
        buffer.Append('G');
        buffer.Append('U');
        buffer.Append('F');
        buffer.Append(VERSION);
        buffer.Append(static_cast<uint64_t>(tensors.size()));
        buffer.Append(static_cast<uint64_t>(metadata.size()));
        for (const auto& [key, value] : metadata)
        {
            buffer.Append(key);
            buffer.AppendValue(value);
        }
        for (const auto& tensor : tensors)
        {
            buffer.Append(tensor.name);
            buffer.Append(static_cast<uint32_t>(tensor.shape.size()));
            for (auto extent = tensor.shape.rbegin(); extent != tensor.shape.rend(); ++extent)
            {
                buffer.Append(static_cast<uint64_t>(*extent));
            }
            buffer.Append(static_cast<uint32_t>(tensor.type));
            buffer.Append(static_cast<uint64_t>(tensor.offsetBytes));
        }
        buffer.Pad();
        file = std::make_unique<base::OutputFile>(path);
        file->Write(buffer.GetBytes().data(), buffer.GetBytes().size());
    }
};

GgufWriter::GgufWriter(const std::string& path)
    : m_impl(std::make_unique<Impl>())
{
    m_impl->path = path;
}

GgufWriter::~GgufWriter() = default;

void
GgufWriter::AddMetadata(const std::string& key, GgufValue value)
{
    if (m_impl->file)
    {
        m_impl->Refuse(key, "added after the first data");
    }
    if (!IsKey(key) || key == "general.alignment")
    {
        m_impl->Refuse(key, "no key, expected lower-case words joined by dots");
    }
    if (!std::visit([](const auto& content) { return IsGood(content); }, value))
    {
        m_impl->Refuse(key, "expected finite numbers, and texts in UTF-8");
    }
    if (!m_impl->keys.insert(key).second)
    {
        m_impl->Refuse(key, "added twice");
    }
    m_impl->metadata.emplace_back(key, std::move(value));
}

void
GgufWriter::Declare(const std::string& name, GgufType type, const std::vector<int64_t>& shape)
{
    const auto place = "tensor '" + name + "'";
    if (m_impl->file)
    {
        m_impl->Refuse(place, "declared after the first data");
    }
    if (name.empty() || name.size() > MAX_NAME_BYTES || FindInvalidUtf8(name))
    {
        m_impl->Refuse(place,
                       "a name of " + std::to_string(name.size()) + " bytes, expected 1 to " +
                           std::to_string(MAX_NAME_BYTES) + " of UTF-8");
    }
    GgufTensor tensor;
    tensor.name = name;
    tensor.type = type;
    tensor.shape = shape;
    try
    {
        tensor.sizeBytes = GetGgufTensorBytes(type, shape, m_impl->path + ": " + place);
    }
    catch (const std::runtime_error& e)
    {
        throw std::invalid_argument(e.what()); // here the caller chose the shape, not a file
    }
    tensor.offsetBytes = m_impl->dataBytes;
    if (!m_impl->names.insert(name).second)
    {
        m_impl->Refuse(place, "declared twice");
    }
    m_impl->dataBytes += tensor.sizeBytes + GetPadding(tensor.sizeBytes);
    m_impl->tensors.push_back(std::move(tensor));
}

void
GgufWriter::Write(const std::string& name, const void* data, std::size_t sizeBytes)
{
    const auto place = "tensor '" + name + "'";
    if (m_impl->turn == m_impl->tensors.size() || m_impl->tensors[m_impl->turn].name != name)
    {
        m_impl->Refuse(place,
                       "not its turn, expected " +
                           (m_impl->turn == m_impl->tensors.size()
                                ? "nothing more"
                                : "tensor '" + m_impl->tensors[m_impl->turn].name + "'"));
    }
    const auto total = m_impl->tensors[m_impl->turn].sizeBytes;
    if (sizeBytes > total - m_impl->turnBytes)
    {
        m_impl->Refuse(place,
                       std::to_string(m_impl->turnBytes + sizeBytes) + " bytes written, expected " +
                           std::to_string(total));
    }
    m_impl->Begin();
    m_impl->file->Write(data, sizeBytes);
    m_impl->turnBytes += sizeBytes;
    if (m_impl->turnBytes == total)
    {
        const std::array<char, ALIGNMENT> zeros{};
        m_impl->file->Write(zeros.data(), GetPadding(total));
        ++m_impl->turn;
        m_impl->turnBytes = 0;
    }
}

void
GgufWriter::Commit()
{
    if (m_impl->turn != m_impl->tensors.size())
    {
        m_impl->Refuse("tensor '" + m_impl->tensors[m_impl->turn].name + "'",
                       "its data are not complete");
    }
    m_impl->Begin();
    m_impl->file->Commit();
}

} // namespace ecld
