/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_ROOFLINE_STEP_TIME_MODEL_H
#define LLM_ROOFLINE_STEP_TIME_MODEL_H

#include "llm-device.h"
#include "llm-model-shape.h"
#include "llm-step-time-model.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Step times of a device and a model that were not measured: the seven numbers of the law
 * from the model's sizes and the device's peak rates, with round efficiencies.
 *
 * Numbers of the KV cache and of activations have 16 bits. The defaults are Llama-3.1-8B in bf16 on
 * an RTX 4090. The default efficiencies were chosen once, after a look at layer times of two GPUs.
 */
class RooflineStepTimeModel : public StepTimeModel
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    RooflineStepTimeModel();

    /// Take the model's sizes. @param shape its sizes
    void SetShape(const LlmModelShape& shape);

    /// Take the device's memory, rates, bits a weight, and GPUs. @param device the device
    void SetDevice(const LlmDevice& device);

    const LlmServing& GetServing() const override;

  private:
    /// @return law and sizes from the attributes
    LlmServing MakeServing() const;

    LlmModelShape m_shape;               //!< sizes of the model
    std::string m_device;                //!< name of the device
    double m_weightBits;                 //!< bits of a weight
    uint64_t m_memoryBytes;              //!< of one GPU, bytes
    double m_memoryBytesPerS;            //!< of one GPU, bytes a second
    double m_peakFlops;                  //!< of one GPU, FLOP a second
    double m_memoryEfficiency;           //!< share of the memory's rate
    double m_gemmEfficiency;             //!< share of the peak in matrix products
    uint32_t m_tileTokens;               //!< of a tile of matrix products, at most
    double m_prefillAttentionEfficiency; //!< share of the peak in attention of a prompt
    double m_multiQueryKvFactor;         //!< of the time to read the KV cache
    uint32_t m_gpus;                     //!< GPUs that compute together
    double m_allReduceLatencyUs;         //!< of one all-reduce, us
    double m_linkBytesPerS;              //!< of the link, bytes a second
    mutable LlmServing m_serving;        //!< made whenever it is asked for, as attributes change
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_ROOFLINE_STEP_TIME_MODEL_H
