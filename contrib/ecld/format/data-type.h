/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_DATA_TYPE_H
#define ECLD_DATA_TYPE_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace ecld
{

/// @brief Element types of the tensors of a checkpoint, those of safetensors that models use.
enum class DataType
{
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U8,
    BOOL
};

/// @param type a type @return bytes of one element
std::size_t GetSize(DataType type);

/// @param type a type @return its name in safetensors, such as "BF16"
const char* GetName(DataType type);

/// @param name a name in safetensors @return the type, none where we do not know it
std::optional<DataType> FindDataType(const std::string& name);

/**
 * @brief Round to IEEE 754 binary16, to nearest, ties to even.
 * @param value any value
 * @return the bits; what is too large becomes infinity, a NaN stays a (quiet) NaN
 */
uint16_t FloatToHalf(float value);

/// @param bits a binary16 @return its value, exact
float HalfToFloat(uint16_t bits);

/**
 * @brief Round to bfloat16, to nearest, ties to even.
 * @param value any value
 * @return the bits; what is too large becomes infinity, a NaN stays a (quiet) NaN
 */
uint16_t FloatToBfloat(float value);

/// @param bits a bfloat16 @return its value, exact
float BfloatToFloat(uint16_t bits);

/**
 * @brief Widen stored floating-point elements.
 * @param type F64, F32, F16 or BF16; F64 is rounded
 * @param source the stored elements, little-endian, need not be aligned
 * @param count number of elements
 * @param target where `count` floats go
 * @throws std::invalid_argument for another type
 */
void ToFloat(DataType type, const std::byte* source, std::size_t count, float* target);

/**
 * @brief Narrow floats to stored elements, to nearest, ties to even.
 * @param type F64, F32, F16 or BF16
 * @param source `count` floats
 * @param count number of elements
 * @param target where the elements go, little-endian, need not be aligned
 * @throws std::invalid_argument for another type
 */
void FromFloat(DataType type, const float* source, std::size_t count, std::byte* target);

} // namespace ecld

#endif // ECLD_DATA_TYPE_H
