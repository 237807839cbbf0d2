/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-roofline-step-time-model.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("RooflineStepTimeModel");

NS_OBJECT_ENSURE_REGISTERED(RooflineStepTimeModel);

namespace
{

constexpr double BYTES_A_NUMBER = 2; //!< of activations and of the KV cache: 16 bits
constexpr double US_A_SECOND = 1e6;

// Activations that a layer writes or reads for a token, in numbers: its norms and residual sums
// take 8 times its width; gate, up and their product are written and read; so are queries, keys and
// values, and once more by attention.
constexpr double HIDDEN_PASSES = 8;
constexpr double INTERMEDIATE_PASSES = 6;
constexpr double ATTENTION_PASSES = 3;

} // namespace

TypeId
RooflineStepTimeModel::GetTypeId()
{
    using Model = RooflineStepTimeModel;
    static TypeId tid =
        TypeId("ns3::llmmec::RooflineStepTimeModel")
            .SetParent<StepTimeModel>()
            .SetGroupName("LlmMec")
            .AddConstructor<RooflineStepTimeModel>()
            .AddAttribute("WeightBits",
                          "Bits of a weight.",
                          DoubleValue(16),
                          MakeDoubleAccessor(&Model::m_weightBits),
                          MakeDoubleChecker<double>(1, 64))
            .AddAttribute("MemoryBytes",
                          "Memory of one GPU, bytes.",
                          UintegerValue(25250000000),
                          MakeUintegerAccessor(&Model::m_memoryBytes),
                          MakeUintegerChecker<uint64_t>(1, 9007199254740991))
            .AddAttribute("MemoryBytesPerS",
                          "Rate of one GPU's memory, bytes (not bits) a second.",
                          DoubleValue(1008e9),
                          MakeDoubleAccessor(&Model::m_memoryBytesPerS),
                          MakeDoubleChecker<double>(1, 1e18))
            .AddAttribute("PeakFlops",
                          "Peak rate of one GPU in dense matrix products, FLOP a second.",
                          DoubleValue(165.2e12),
                          MakeDoubleAccessor(&Model::m_peakFlops),
                          MakeDoubleChecker<double>(1, 1e21))
            .AddAttribute("MemoryEfficiency",
                          "Share of the memory's rate that reading weights and KV cache has.",
                          DoubleValue(0.85),
                          MakeDoubleAccessor(&Model::m_memoryEfficiency),
                          MakeDoubleChecker<double>(1e-3, 1))
            .AddAttribute("GemmEfficiency",
                          "Share of the peak rate that matrix products have.",
                          DoubleValue(0.75),
                          MakeDoubleAccessor(&Model::m_gemmEfficiency),
                          MakeDoubleChecker<double>(1e-3, 1))
            .AddAttribute("TileTokens",
                          "Tokens of a tile of matrix products. It is halved for a device on "
                          "which one tile would take longer than to read the weights.",
                          UintegerValue(128),
                          MakeUintegerAccessor(&Model::m_tileTokens),
                          MakeUintegerChecker<uint32_t>(1, 65536))
            .AddAttribute("PrefillAttentionEfficiency",
                          "Share of the peak rate that attention of a prompt has.",
                          DoubleValue(0.4),
                          MakeDoubleAccessor(&Model::m_prefillAttentionEfficiency),
                          MakeDoubleChecker<double>(1e-3, 1))
            .AddAttribute("MultiQueryKvFactor",
                          "How many times longer the KV cache takes to read in a step in which a "
                          "sequence has several tokens.",
                          DoubleValue(2),
                          MakeDoubleAccessor(&Model::m_multiQueryKvFactor),
                          MakeDoubleChecker<double>(1, 1000))
            .AddAttribute("Gpus",
                          "GPUs that compute each layer together (tensor parallelism).",
                          UintegerValue(1),
                          MakeUintegerAccessor(&Model::m_gpus),
                          MakeUintegerChecker<uint32_t>(1, 64))
            .AddAttribute("AllReduceLatencyUs",
                          "Latency of an all-reduce among several GPUs, us.",
                          DoubleValue(40),
                          MakeDoubleAccessor(&Model::m_allReduceLatencyUs),
                          MakeDoubleChecker<double>(0, 1e6))
            .AddAttribute("LinkBytesPerS",
                          "Rate of the link among several GPUs, bytes (not bits) a second.",
                          DoubleValue(16e9),
                          MakeDoubleAccessor(&Model::m_linkBytesPerS),
                          MakeDoubleChecker<double>(1, 1e18));
    return tid;
}

RooflineStepTimeModel::RooflineStepTimeModel()
    : m_device("RTX 4090")
{
    m_shape.name = "Llama-3.1-8B";
    m_shape.layers = 32;
    m_shape.hiddenSize = 4096;
    m_shape.intermediateSize = 14336;
    m_shape.attentionHeads = 32;
    m_shape.keyValueHeads = 8;
    m_shape.headSize = 128;
    m_shape.vocabularySize = 128256;
}

void
RooflineStepTimeModel::SetShape(const LlmModelShape& shape)
{
    NS_LOG_FUNCTION(this << shape.name);
    m_shape = shape;
}

void
RooflineStepTimeModel::SetDevice(const LlmDevice& device)
{
    NS_LOG_FUNCTION(this << device.name);
    m_device = device.name;
    m_weightBits = device.weightBits;
    m_memoryBytes = device.memoryBytes;
    m_memoryBytesPerS = device.memoryBytesPerS;
    m_peakFlops = device.peakFlops;
    m_gpus = 1;
    if (device.tensorParallel)
    {
        m_gpus = device.tensorParallel->gpus;
        m_allReduceLatencyUs = device.tensorParallel->allReduceLatencyUs;
        m_linkBytesPerS = device.tensorParallel->linkBytesPerS;
    }
}

const LlmServing&
RooflineStepTimeModel::GetServing() const
{
    m_serving = MakeServing();
    return m_serving;
}

LlmServing
RooflineStepTimeModel::MakeServing() const
{
    const LlmModelShape& shape = m_shape;
    const double gpus = m_gpus;
    const double queryValues = double{1} * shape.attentionHeads * shape.headSize;
    const double kvValues = shape.GetKvValuesPerToken() / shape.layers;
    const double weights = (shape.GetLayerWeights() + shape.GetHeadWeights()) / gpus;
    const double readBytes = weights * m_weightBits / 8;
    const double activations = shape.layers * (HIDDEN_PASSES * shape.hiddenSize +
                                               (INTERMEDIATE_PASSES * shape.intermediateSize +
                                                ATTENTION_PASSES * (queryValues + kvValues)) /
                                                   gpus);

    LlmServing serving;
    serving.device = m_device;
    serving.gpus = m_gpus;
    serving.memoryBytes = m_memoryBytes;
    // The table of embeddings is in memory too, but a step reads few rows of it.
    serving.weightBytes =
        static_cast<uint64_t>(readBytes + shape.GetHeadWeights() / gpus * m_weightBits / 8);
    serving.kvBytesPerToken = BYTES_A_NUMBER * shape.GetKvValuesPerToken() / gpus;
    serving.flopsPerToken = 2 * shape.GetLayerWeights() / gpus;
    serving.attentionFlopsPerPair = 4 * shape.layers * queryValues / gpus;
    serving.source = "roofline of " + shape.name + " on " + m_device;

    const double bytesPerUs = m_memoryEfficiency * m_memoryBytesPerS / US_A_SECOND;
    const double gemmFlopsPerUs = m_gemmEfficiency * m_peakFlops / US_A_SECOND;
    LlmStepTimeLaw& law = serving.law;
    law.weightsUs = readBytes / bytesPerUs;
    law.activationUsPerToken = BYTES_A_NUMBER * activations / bytesPerUs;
    law.gemmUsPerToken = serving.flopsPerToken / gemmFlopsPerUs;
    // Kernels for few tokens have smaller tiles: where products are slow, one token of a decode
    // does not pay for a whole one. On the GPUs that the law was fitted for, memory is slower
    // anyhow.
    law.tileTokens = m_tileTokens;
    while (law.tileTokens > 1 && law.tileTokens * law.gemmUsPerToken > law.weightsUs)
    {
        law.tileTokens /= 2;
    }
    law.sequenceUs = 2 * shape.GetHeadWeights() / gpus / gemmFlopsPerUs;
    law.prefillAttentionUsPerPair =
        serving.attentionFlopsPerPair / (m_prefillAttentionEfficiency * m_peakFlops) * US_A_SECOND;
    law.decodeKvUsPerToken = serving.kvBytesPerToken / bytesPerUs;
    law.multiQueryKvUsPerToken = m_multiQueryKvFactor * law.decodeKvUsPerToken;
    if (m_gpus > 1)
    {
        const double hiddenBytes = BYTES_A_NUMBER * shape.hiddenSize;
        law.link = {2 * shape.layers, m_allReduceLatencyUs, hiddenBytes, m_linkBytesPerS};
    }
    return serving;
}

} // namespace llmmec
} // namespace ns3
