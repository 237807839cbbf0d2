/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_LAYER_READER_H
#define ECLD_LAYER_READER_H

#include "model/transformer-block.h"
#include "streaming.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ecld
{

/**
 * @brief Reads tensors of a checkpoint, whole or pruned, as float32, one layer at a time.
 *
 * Nothing stays in memory but what is returned. Only torch parts of ecld include this header.
 */
class LayerReader
{
  public:
    /// @param rows the model; must outlive this
    explicit LayerReader(TensorRows& rows);

    /// @return shape of the model
    const ModelConfig& GetConfig() const;

    /// @param name Hugging Face's name of a tensor @return it, float32
    /// @throws std::runtime_error naming file and tensor
    at::Tensor Read(const std::string& name);

    /// @param name of a matrix @param numbers [any shape] int64 of rows @return these rows, [any
    /// shape, columns] @throws std::runtime_error naming file and tensor
    at::Tensor ReadRows(const std::string& name, const at::Tensor& numbers);

    /// @param layer index @return its weights @throws std::runtime_error naming file and tensor
    BlockWeights ReadBlock(int64_t layer);

  private:
    TensorRows& m_rows;                                   //!< the model
    std::map<std::string, std::vector<int64_t>> m_shapes; //!< of its tensors
};

} // namespace ecld

#endif // ECLD_LAYER_READER_H
