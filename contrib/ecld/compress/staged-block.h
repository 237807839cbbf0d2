/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_STAGED_BLOCK_H
#define ECLD_STAGED_BLOCK_H

#include "calibration-set.h"
#include "hidden-states.h"
#include "model/transformer-block.h"

#include <torch/types.h>
#include <vector>

namespace ecld
{

/**
 * @brief One block on its way over all calibration texts, stage after stage, so that the weights of
 * a stage can be changed by what the stages before it give.
 *
 * Attend, AddAttention, ComputeNeurons and AddFeedForward are called in this order. Memory holds
 * input of o_proj, residual stream and neurons of all positions, 4 bytes each. Only torch parts of
 * ecld include this header.
 */
class StagedBlock
{
  public:
    /**
     * @param block its weights may be changed between stages
     * @param texts calibration texts; must outlive this
     * @param input hidden states before the block; must outlive this
     */
    StagedBlock(TransformerBlock block, const CalibrationSet& texts, const HiddenStates& input);

    /// @return the weights, to be changed before the stage that uses them
    BlockWeights& GetWeights();

    /// @return input of q_proj, k_proj and v_proj at all positions that have a target,
    /// [positions, hidden]
    at::Tensor CollectAttentionInputs() const;

    /// Compute the inputs of o_proj.
    void Attend();

    /// @return inputs of o_proj, [positions, heads * headDim]
    at::Tensor CollectAttended() const;

    /// Compute the residual stream after attention.
    void AddAttention();

    /// @return inputs of gate_proj and up_proj, [positions, hidden]
    at::Tensor CollectFeedForwardInputs() const;

    /// Compute the inputs of down_proj.
    void ComputeNeurons();

    /// @return inputs of down_proj, [positions, intermediate]
    at::Tensor CollectNeurons() const;

    /// @return the residual stream after attention, [positions, hidden]
    at::Tensor CollectMiddle() const;

    /// @param output where the hidden states after the block go
    void AddFeedForward(const HiddenStates& output) const;

  private:
    /// @param batch of the texts @return hidden states before the block
    at::Tensor GetInput(const CalibrationBatch& batch) const;
    /// @param states of each batch @return those that have a target, [positions, channels]
    at::Tensor Collect(const std::vector<at::Tensor>& states) const;

    TransformerBlock m_block;           //!< the block
    const CalibrationSet* m_texts;      //!< calibration texts
    const HiddenStates* m_input;        //!< before the block
    std::vector<at::Tensor> m_attended; //!< of each batch, inputs of o_proj
    std::vector<at::Tensor> m_middle;   //!< of each batch, residual stream after attention
    std::vector<at::Tensor> m_neurons;  //!< of each batch, inputs of down_proj
};

/// @param states [rows, length, channels] @param batch of these rows @return those at positions
/// that have a target, [positions, channels]
at::Tensor SelectPlaces(const at::Tensor& states, const CalibrationBatch& batch);

} // namespace ecld

#endif // ECLD_STAGED_BLOCK_H
