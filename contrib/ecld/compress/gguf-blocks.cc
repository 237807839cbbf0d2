/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "gguf-blocks.h"

#include "format/data-type.h"
#include "six-bit-blocks.h"

#include <cmath>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace ecld
{

namespace
{

constexpr std::size_t HALF_GROUP = GROUP_SIZE / 2;

/// Q4_1: scale, offset; byte i holds weight i in its low half, weight i + 16 in its high half.
struct Q41Bytes
{
    uint16_t scale;
    uint16_t offset;
    uint8_t codes[HALF_GROUP];
};

/// Q8_0: scale, codes.
struct Q80Bytes
{
    uint16_t scale;
    int8_t codes[GROUP_SIZE];
};

/// Q4_K: two factors, 6-bit codes of scales and offsets, two groups in each 32 bytes of codes.
struct Q4KBytes
{
    uint16_t scale;
    uint16_t offset;
    uint8_t parameters[12];
    uint8_t codes[K_BLOCK_SIZE / 2];
};

/// Q6_K: lower four and upper two bits of the codes plus 32, scales, factor.
struct Q6KBytes
{
    uint8_t low[K_BLOCK_SIZE / 2];
    uint8_t high[K_BLOCK_SIZE / 4];
    int8_t scales[SIX_BIT_GROUPS];
    uint16_t scale;
};

static_assert(sizeof(Q41Bytes) == 20 && sizeof(Q80Bytes) == 34 && sizeof(Q4KBytes) == 144 &&
                  sizeof(Q6KBytes) == 210,
              "the blocks are those of ggml");

Q41Bytes
Pack(const AffineGroup& group)
{
    Q41Bytes bytes{FloatToHalf(group.scale), FloatToHalf(group.offset), {}};
    for (std::size_t i = 0; i < HALF_GROUP; ++i)
    {
        bytes.codes[i] = static_cast<uint8_t>(group.codes[i] | group.codes[i + HALF_GROUP] << 4);
    }
    return bytes;
}

AffineGroup
Unpack(const Q41Bytes& bytes)
{
    AffineGroup group;
    group.scale = HalfToFloat(bytes.scale);
    group.offset = HalfToFloat(bytes.offset);
    for (std::size_t i = 0; i < HALF_GROUP; ++i)
    {
        group.codes[i] = bytes.codes[i] & 0xF;
        group.codes[i + HALF_GROUP] = bytes.codes[i] >> 4;
    }
    return group;
}

Q80Bytes
Pack(const SymmetricGroup& group)
{
    Q80Bytes bytes{FloatToHalf(group.scale), {}};
    std::memcpy(bytes.codes, group.codes.data(), GROUP_SIZE);
    return bytes;
}

SymmetricGroup
Unpack(const Q80Bytes& bytes)
{
    SymmetricGroup group;
    group.scale = HalfToFloat(bytes.scale);
    std::memcpy(group.codes.data(), bytes.codes, GROUP_SIZE);
    return group;
}

Q4KBytes
Pack(const KBlock& block)
{
    Q4KBytes bytes{FloatToHalf(block.scale), FloatToHalf(block.offset), {}, {}};
    for (std::size_t g = 0; g < K_GROUPS / 2; ++g)
    {
        // The upper two bits of the first four bytes of each kind belong to groups 4 to 7.
        const unsigned scale = block.scaleCodes[g + 4];
        const unsigned offset = block.offsetCodes[g + 4];
        bytes.parameters[g] = static_cast<uint8_t>(block.scaleCodes[g] | (scale >> 4) << 6);
        bytes.parameters[g + 4] = static_cast<uint8_t>(block.offsetCodes[g] | (offset >> 4) << 6);
        bytes.parameters[g + 8] = static_cast<uint8_t>((scale & 0xF) | (offset & 0xF) << 4);
    }
    for (std::size_t i = 0; i < K_BLOCK_SIZE / 2; ++i)
    {
        const std::size_t low = i / GROUP_SIZE * 2 * GROUP_SIZE + i % GROUP_SIZE;
        bytes.codes[i] =
            static_cast<uint8_t>(block.codes[low] | block.codes[low + GROUP_SIZE] << 4);
    }
    return bytes;
}

KBlock
Unpack(const Q4KBytes& bytes)
{
    KBlock block;
    block.scale = HalfToFloat(bytes.scale);
    block.offset = HalfToFloat(bytes.offset);
    for (std::size_t g = 0; g < K_GROUPS / 2; ++g)
    {
        const unsigned scale = bytes.parameters[g];
        const unsigned offset = bytes.parameters[g + 4];
        const unsigned lower = bytes.parameters[g + 8];
        block.scaleCodes[g] = scale & 63;
        block.offsetCodes[g] = offset & 63;
        block.scaleCodes[g + 4] = static_cast<uint8_t>((lower & 0xF) | (scale >> 6) << 4);
        block.offsetCodes[g + 4] = static_cast<uint8_t>(lower >> 4 | (offset >> 6) << 4);
    }
    for (std::size_t i = 0; i < K_BLOCK_SIZE / 2; ++i)
    {
        const std::size_t low = i / GROUP_SIZE * 2 * GROUP_SIZE + i % GROUP_SIZE;
        block.codes[low] = bytes.codes[i] & 0xF;
        block.codes[low + GROUP_SIZE] = bytes.codes[i] >> 4;
    }
    return block;
}

/// Where Q6_K has the code of a weight: each half of a super-block has 64 bytes of lower bits and
/// 32 of upper ones.
struct SixBitPlace
{
    std::size_t low;    ///< byte of the lower four bits
    unsigned lowShift;  ///< bits that they stand above the lowest one
    std::size_t high;   ///< byte of the upper two bits
    unsigned highShift; ///< as lowShift

    explicit SixBitPlace(std::size_t i)
        : low(i / 128 * 64 + i % 64),
          lowShift(i % 128 < 64 ? 0 : 4),
          high(i / 128 * 32 + i % 32),
          highShift(static_cast<unsigned>(i % 128 / 32 * 2))
    {
    }
};

/// What is added to a code of Q6_K.
constexpr int SIX_BIT_OFFSET = 32;

Q6KBytes
Pack(const SixBitBlock& block)
{
    Q6KBytes bytes{{}, {}, {}, FloatToHalf(block.scale)};
    std::memcpy(bytes.scales, block.scaleCodes.data(), SIX_BIT_GROUPS);
    for (std::size_t i = 0; i < K_BLOCK_SIZE; ++i)
    {
        const SixBitPlace place(i);
        const auto code = static_cast<unsigned>(block.codes[i] + SIX_BIT_OFFSET);
        bytes.low[place.low] |= static_cast<uint8_t>((code & 0xF) << place.lowShift);
        bytes.high[place.high] |= static_cast<uint8_t>((code >> 4) << place.highShift);
    }
    return bytes;
}

SixBitBlock
Unpack(const Q6KBytes& bytes)
{
    SixBitBlock block;
    block.scale = HalfToFloat(bytes.scale);
    std::memcpy(block.scaleCodes.data(), bytes.scales, SIX_BIT_GROUPS);
    for (std::size_t i = 0; i < K_BLOCK_SIZE; ++i)
    {
        const SixBitPlace place(i);
        const int low = bytes.low[place.low] >> place.lowShift & 0xF;
        const int high = bytes.high[place.high] >> place.highShift & 3;
        block.codes[i] = static_cast<int8_t>((low | high << 4) - SIX_BIT_OFFSET);
    }
    return block;
}

template <typename Group>
void
PackAll(const std::vector<Group>& groups, std::byte* blocks)
{
    for (const Group& group : groups)
    {
        const auto bytes = Pack(group);
        std::memcpy(blocks, &bytes, sizeof(bytes));
        blocks += sizeof(bytes);
    }
}

template <typename Bytes>
void
UnpackAll(const std::byte* blocks, std::size_t count, std::size_t groupSize, float* weights)
{
    for (std::size_t first = 0; first < count; first += groupSize)
    {
        Bytes bytes;
        std::memcpy(&bytes, blocks, sizeof(bytes));
        blocks += sizeof(bytes);
        const auto group = Unpack(bytes);
        for (std::size_t i = 0; i < groupSize; ++i)
        {
            weights[first + i] = group.Get(i);
        }
    }
}

/// @param type a type @return the plain element type that it is, if it is one
std::optional<DataType>
FindPlainType(GgufType type)
{
    switch (type)
    {
    case GgufType::F32:
        return DataType::F32;
    case GgufType::F16:
        return DataType::F16;
    case GgufType::BF16:
        return DataType::BF16;
    default:
        return std::nullopt;
    }
}

/// Round to a plain type. @throws std::invalid_argument for a weight that would become infinite
void
Round(DataType type, const WeightRows& rows, std::byte* blocks)
{
    std::vector<float> stored(rows.columns);
    const std::size_t rowBytes = rows.columns * GetSize(type);
    for (std::size_t row = 0; row < rows.rows; ++row)
    {
        const float* const weights = rows.weights + row * rows.columns;
        FromFloat(type, weights, rows.columns, blocks + row * rowBytes);
        ToFloat(type, blocks + row * rowBytes, rows.columns, stored.data());
        for (std::size_t column = 0; column < rows.columns; ++column)
        {
            if (!std::isfinite(stored[column]))
            {
                throw std::invalid_argument("row " + std::to_string(row) + ", column " +
                                            std::to_string(column) + ": got the weight " +
                                            std::to_string(weights[column]) +
                                            ", which does not fit " + GetName(type));
            }
        }
    }
}

void
RequireQuantizable(GgufType type, std::size_t columns)
{
    if (!CanQuantize(type, columns))
    {
        throw std::invalid_argument("got rows of " + std::to_string(columns) + " as " +
                                    GetName(type) +
                                    ", expected F32, F16, BF16, Q8_0 or Q4_1 (multiples of 32), "
                                    "Q4_K or Q6_K (multiples of 256)");
    }
}

} // namespace

bool
CanQuantize(GgufType type, std::size_t columns)
{
    if (FindPlainType(type))
    {
        return columns > 0;
    }
    const bool isKnown = type == GgufType::Q8_0 || type == GgufType::Q4_1 ||
                         type == GgufType::Q4_K || type == GgufType::Q6_K;
    return isKnown && columns > 0 &&
           columns % static_cast<std::size_t>(GetBlockElements(type)) == 0;
}

void
QuantizeBlocks(GgufType type, const WeightRows& rows, QuantizationMethod method, std::byte* blocks)
{
    RequireQuantizable(type, rows.columns);
    if (const auto plain = FindPlainType(type))
    {
        Round(*plain, rows, blocks);
    }
    else if (type == GgufType::Q8_0)
    {
        PackAll(QuantizeSymmetric(rows, method), blocks);
    }
    else if (type == GgufType::Q4_1)
    {
        PackAll(QuantizeAffine(rows, 4, method), blocks);
    }
    else if (type == GgufType::Q6_K)
    {
        PackAll(QuantizeSixBits(rows, method), blocks);
    }
    else
    {
        PackAll(QuantizeK(rows, method), blocks);
    }
}

void
DequantizeBlocks(GgufType type, const std::byte* blocks, std::size_t count, float* weights)
{
    RequireQuantizable(type, count);
    if (const auto plain = FindPlainType(type))
    {
        ToFloat(*plain, blocks, count, weights);
    }
    else if (type == GgufType::Q8_0)
    {
        UnpackAll<Q80Bytes>(blocks, count, GROUP_SIZE, weights);
    }
    else if (type == GgufType::Q4_1)
    {
        UnpackAll<Q41Bytes>(blocks, count, GROUP_SIZE, weights);
    }
    else if (type == GgufType::Q6_K)
    {
        UnpackAll<Q6KBytes>(blocks, count, K_BLOCK_SIZE, weights);
    }
    else
    {
        UnpackAll<Q4KBytes>(blocks, count, K_BLOCK_SIZE, weights);
    }
}

void
PackBlocks(const std::vector<AffineGroup>& groups, std::byte* blocks)
{
    PackAll(groups, blocks);
}

void
PackBlocks(const std::vector<KBlock>& groups, std::byte* blocks)
{
    PackAll(groups, blocks);
}

} // namespace ecld
