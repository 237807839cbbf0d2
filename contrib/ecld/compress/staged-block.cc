/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "staged-block.h"

#include <ATen/ATen.h>
#include <utility>

namespace ecld
{

StagedBlock::StagedBlock(TransformerBlock block,
                         const CalibrationSet& texts,
                         const HiddenStates& input)
    : m_block(std::move(block)),
      m_texts(&texts),
      m_input(&input)
{
}

BlockWeights&
StagedBlock::GetWeights()
{
    return m_block.GetWeights();
}

at::Tensor
StagedBlock::CollectAttentionInputs() const
{
    std::vector<at::Tensor> inputs;
    for (const CalibrationBatch& batch : m_texts->GetBatches())
    {
        inputs.push_back(m_block.NormaliseForAttention(GetInput(batch)));
    }
    return Collect(inputs);
}

void
StagedBlock::Attend()
{
    for (const CalibrationBatch& batch : m_texts->GetBatches())
    {
        m_attended.push_back(
            m_block.Attend(m_block.NormaliseForAttention(GetInput(batch)), batch.positions));
    }
}

at::Tensor
StagedBlock::CollectAttended() const
{
    return Collect(m_attended);
}

void
StagedBlock::AddAttention()
{
    for (std::size_t i = 0; i < m_attended.size(); ++i)
    {
        m_middle.push_back(m_block.AddAttention(GetInput(m_texts->GetBatches()[i]), m_attended[i]));
    }
    m_attended.clear();
}

at::Tensor
StagedBlock::CollectFeedForwardInputs() const
{
    std::vector<at::Tensor> inputs;
    for (const at::Tensor& middle : m_middle)
    {
        inputs.push_back(m_block.NormaliseForFeedForward(middle));
    }
    return Collect(inputs);
}

void
StagedBlock::ComputeNeurons()
{
    for (const at::Tensor& middle : m_middle)
    {
        m_neurons.push_back(m_block.ComputeNeurons(m_block.NormaliseForFeedForward(middle)));
    }
}

at::Tensor
StagedBlock::CollectNeurons() const
{
    return Collect(m_neurons);
}

at::Tensor
StagedBlock::CollectMiddle() const
{
    return Collect(m_middle);
}

void
StagedBlock::AddFeedForward(const HiddenStates& output) const
{
    for (std::size_t i = 0; i < m_middle.size(); ++i)
    {
        output.GetRows(m_texts->GetBatches()[i].firstRow, m_middle[i].size(0))
            .copy_(m_block.AddFeedForward(m_middle[i], m_neurons[i]));
    }
}

at::Tensor
StagedBlock::GetInput(const CalibrationBatch& batch) const
{
    return m_input->GetRows(batch.firstRow, batch.tensors.tokens.size(0));
}

at::Tensor
StagedBlock::Collect(const std::vector<at::Tensor>& states) const
{
    std::vector<at::Tensor> selected;
    for (std::size_t i = 0; i < states.size(); ++i)
    {
        selected.push_back(SelectPlaces(states[i], m_texts->GetBatches()[i]));
    }
    return at::cat(selected);
}

at::Tensor
SelectPlaces(const at::Tensor& states, const CalibrationBatch& batch)
{
    return states.reshape({-1, states.size(-1)}).index_select(0, batch.tensors.places);
}

} // namespace ecld
