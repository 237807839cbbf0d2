/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_GGUF_H
#define ECLD_GGUF_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ecld
{

/// @brief Tensor types of GGUF, with the numbers of ggml.h.
enum class GgufType : uint32_t
{
    F32 = 0,
    F16 = 1,
    Q4_0 = 2,
    Q4_1 = 3,
    Q5_0 = 6,
    Q5_1 = 7,
    Q8_0 = 8,
    Q2_K = 10,
    Q3_K = 11,
    Q4_K = 12,
    Q5_K = 13,
    Q6_K = 14,
    I8 = 24,
    I16 = 25,
    I32 = 26,
    I64 = 27,
    F64 = 28,
    BF16 = 30
};

/// @param type a type @return its name in ggml, such as "Q4_1"
const char* GetName(GgufType type);

/// @param type a type @return elements of one block, 1 for plain types
int64_t GetBlockElements(GgufType type);

/// @param type a type @return bytes of one block
std::size_t GetBlockBytes(GgufType type);

/// @param number a number from a file @return whether we know it as a GgufType
bool IsGgufType(uint32_t number);

/**
 * @brief A metadata value. The scalars, then the arrays of them; GGUF's array of arrays is nowhere
 * in use and refused.
 */
using GgufValue = std::variant<uint8_t,
                               int8_t,
                               uint16_t,
                               int16_t,
                               uint32_t,
                               int32_t,
                               float,
                               bool,
                               std::string,
                               uint64_t,
                               int64_t,
                               double,
                               std::vector<uint8_t>,
                               std::vector<int8_t>,
                               std::vector<uint16_t>,
                               std::vector<int16_t>,
                               std::vector<uint32_t>,
                               std::vector<int32_t>,
                               std::vector<float>,
                               std::vector<bool>,
                               std::vector<std::string>,
                               std::vector<uint64_t>,
                               std::vector<int64_t>,
                               std::vector<double>>;

/// @brief Keys and values in the order of the file.
using GgufMetadata = std::vector<std::pair<std::string, GgufValue>>;

/// @brief A tensor of a GGUF file.
struct GgufTensor
{
    std::string name;             ///< at most 63 bytes, what ggml's loader takes
    GgufType type{GgufType::F32}; ///< type of its blocks
    std::vector<int64_t> shape;   ///< extents, outermost first (the file has them reversed), 1 to 4
    const std::byte* data{nullptr}; ///< first byte
    std::size_t offsetBytes{0}; ///< from the start of the data part, a multiple of the alignment
    std::size_t sizeBytes{0};   ///< bytes
};

/**
 * @param type a type
 * @param shape extents, outermost first
 * @param context what messages call the tensor, file included
 * @return bytes of such a tensor
 * @throws std::runtime_error one line: extents below 1, more than 4 of them, rows that are no whole
 * blocks, or more bytes than a size can count
 */
std::size_t GetGgufTensorBytes(GgufType type,
                               const std::vector<int64_t>& shape,
                               const std::string& context);

} // namespace ecld

#endif // ECLD_GGUF_H
