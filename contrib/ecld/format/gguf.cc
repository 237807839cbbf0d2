/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "gguf.h"

#include "base/format-error.h"

#include <array>
#include <limits>
#include <stdexcept>

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "GGUF and safetensors are little-endian, and so must the machine be"
#endif

namespace ecld
{

namespace
{

constexpr std::size_t MAX_DIMENSIONS = 4; //!< of ggml

/// What we know about a type.
struct GgufTypeRow
{
    GgufType type;          //!< the type
    const char* name;       //!< its name
    int64_t blockElements;  //!< elements of a block
    std::size_t blockBytes; //!< bytes of a block
};

// ggml-common.h
constexpr std::array<GgufTypeRow, 18> GGUF_TYPES{{{GgufType::F32, "F32", 1, 4},
                                                  {GgufType::F16, "F16", 1, 2},
                                                  {GgufType::Q4_0, "Q4_0", 32, 18},
                                                  {GgufType::Q4_1, "Q4_1", 32, 20},
                                                  {GgufType::Q5_0, "Q5_0", 32, 22},
                                                  {GgufType::Q5_1, "Q5_1", 32, 24},
                                                  {GgufType::Q8_0, "Q8_0", 32, 34},
                                                  {GgufType::Q2_K, "Q2_K", 256, 84},
                                                  {GgufType::Q3_K, "Q3_K", 256, 110},
                                                  {GgufType::Q4_K, "Q4_K", 256, 144},
                                                  {GgufType::Q5_K, "Q5_K", 256, 176},
                                                  {GgufType::Q6_K, "Q6_K", 256, 210},
                                                  {GgufType::I8, "I8", 1, 1},
                                                  {GgufType::I16, "I16", 1, 2},
                                                  {GgufType::I32, "I32", 1, 4},
                                                  {GgufType::I64, "I64", 1, 8},
                                                  {GgufType::F64, "F64", 1, 8},
                                                  {GgufType::BF16, "BF16", 1, 2}}};

/// @param number a type's number @return what we know about it, null if nothing
const GgufTypeRow*
FindRow(uint32_t number)
{
    for (const auto& row : GGUF_TYPES)
    {
        if (static_cast<uint32_t>(row.type) == number)
        {
            return &row;
        }
    }
    return nullptr;
}

/// @param type a type @return what we know about it
const GgufTypeRow&
GetRow(GgufType type)
{
    const auto* row = FindRow(static_cast<uint32_t>(type));
    if (row == nullptr)
    {
        throw std::invalid_argument("gguf: a type that is none of the enumeration's");
    }
    return *row;
}

} // namespace

const char*
GetName(GgufType type)
{
    return GetRow(type).name;
}

int64_t
GetBlockElements(GgufType type)
{
    return GetRow(type).blockElements;
}

std::size_t
GetBlockBytes(GgufType type)
{
    return GetRow(type).blockBytes;
}

bool
IsGgufType(uint32_t number)
{
    return FindRow(number) != nullptr;
}

std::size_t
GetGgufTensorBytes(GgufType type, const std::vector<int64_t>& shape, const std::string& context)
{
    const auto& row = GetRow(type);
    if (shape.empty() || shape.size() > MAX_DIMENSIONS)
    {
        base::ThrowFormatError(context,
                               "",
                               "has " + std::to_string(shape.size()) +
                                   " dimensions, expected 1 to 4");
    }
    if (shape.back() % row.blockElements != 0)
    {
        base::ThrowFormatError(context,
                               "",
                               "has rows of " + std::to_string(shape.back()) +
                                   " elements, expected a multiple of " +
                                   std::to_string(row.blockElements) + " for " + row.name);
    }
    // What int64 holds: ggml counts elements in it.
    uint64_t blocks = 1;
    for (std::size_t i = 0; i < shape.size(); ++i)
    {
        const bool isRow = i + 1 == shape.size();
        const int64_t extent = isRow ? shape[i] / row.blockElements : shape[i];
        const uint64_t limit = std::numeric_limits<int64_t>::max() /
                               static_cast<uint64_t>(row.blockElements) / row.blockBytes;
        if (extent < 1 || static_cast<uint64_t>(extent) > limit / blocks)
        {
            base::ThrowFormatError(context,
                                   "",
                                   "has extent " + std::to_string(shape[i]) +
                                       ", expected one from 1 that memory can hold");
        }
        blocks *= static_cast<uint64_t>(extent);
    }
    return blocks * row.blockBytes;
}

} // namespace ecld
