"""Text -> its words, and whether a word has the shape of a name."""

import re
from dataclasses import dataclass

from extractor.providers.rules.patterns import words_of

_WORD = re.compile(r"[^\W_](?:\w|[-\u2010'\u2019.+/&@*](?=\w))*(?:\+{1,2}(?!\w))?")
_PARTS = re.compile(r"[-\u2010/]")
_SHORT_PART = 3  # "End-to-End" has parts of whole words, "MS-COCO" has not.

# Acronyms and capitalised words that name a technique, a field or nothing of anybody's own.
COMMON = words_of(
    """
    CNN CNNs RNN RNNs DNN DNNs GNN GNNs GCN GCNs GAN GANs LSTM LSTMs MLP MLPs VAE VAEs BERT GPT
    GPT-2 GPT-3 GPT-4 LLM LLMs NLP CV AI ML DL RL NMT MT SMT ASR TTS OCR QA NER NLI NLU NLG SGD
    Adam ResNet ResNets ResNet-50 ResNet-18 ResNet-101 ResNet-152 ResNet50 ResNet101 VGG VGG16
    VGG-16 GRU CRF SVM PCA KNN HMM DQN DDPG PPO SAC MCTS NAS RGB RGB-D LiDAR MRI CT PET EEG ECG
    GPU GPUs CPU CPUs TPU TPUs FPGA API 2D 3D 4D 1D 2.5D SOTA SoTA SOTAs ReLU U-Net UNet FCN SSD
    YOLO R-CNN Faster Mask Transformer Transformers ViT ViTs Inception AlexNet MobileNet
    EfficientNet DenseNet Word2Vec word2vec GloVe ELMo RoBERTa XLNet T5 BART CLIP MAP EM KL MSE
    IoU mAP AP FID BLEU WER CER PSNR SSIM AUC F1 FLOPs FPS IID OOD UDA SSL ZSL FSL DA DG MTL KD
    AMR SQL HTML PDF JSON XML URL II III IV VI Video Image Code Project Fig Table Section Eq
    Figure ImageNet-pretrained Top-1 Top-5 top-1 top-5 English German French Chinese Arabic
    Bayesian Gaussian Markov Euclidean Riemannian Wasserstein Lipschitz Bernoulli Monte Carlo
    Fourier Siamese Hessian Python PyTorch TensorFlow Keras NVIDIA GTX RTX V100 A100 Titan Xp
    1080Ti 2080Ti Google Facebook Amazon Twitter YouTube Microsoft Github GitHub IEEE ACM CVPR
    ICCV ECCV NeurIPS ICML ICLR ACL EMNLP AAAI IJCAI State-of-the-art State-of-the-Art
    State-Of-The-Art End-to-end End-to-End Self-supervised Semi-supervised Few-shot Zero-shot
    Pre-trained Real-time CTC MLM BiLSTM Bi-LSTM LSTM-CRF seq2seq Seq2Seq Q-learning A3C DCNN
    DCNNs DCNs FCNs VQ MoE SE IR ReID Re-ID SR BN LM LMs PLM PLMs MRC RC VQA-style IE KG KGs KB
    KBs KBQA POS HOI SOD VOS VIS MOT SLAM
    """
)
OPENERS = words_of(
    """
    A An The This These Those That We Our In On For From With Without To Of By At As And But Or If
    It Its Is Are Be Most Many Some Such Both Each Every All Their They There Here Then Thus Hence
    However Moreover Furthermore Further Besides Additionally Also Finally First Firstly Second
    Secondly Third Lastly Specifically Particularly Notably Experiments Experimental Extensive
    Empirical Results Evaluation Evaluations Compared Using Based Given When While Although Though
    Despite Unlike Instead Since Because Recent Recently Existing Previous Current Deep Learning
    Neural Network Networks Towards Toward Through Via Under Over Into Than Not No More Less Two
    Three Four Five Several One What Why How Which Who Where Can Do Does Comprehensive Codes Data
    Source Available Overall Specially Especially Importantly Interestingly Surprisingly
    Remarkably Meanwhile Therefore Consequently Inspired Motivated Building Leveraging Combining
    Experimentally Empirically Quantitative Qualitative Ablation Code
    """
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word as printed and its place; hyphens, dots and slashes inside belong to it."""

    text: str
    start: int
    end: int


def find_words(text: str) -> list[Word]:
    """List the words of a text in order."""
    return [Word(match.group(), match.start(), match.end()) for match in _WORD.finditer(text)]


def is_coined(word: str) -> bool:
    """Tell whether a word looks made up as a name: a capital or a digit inside, all capitals."""
    if word.islower():  # Most words end here.
        return word.endswith("+")
    if word in COMMON or not word[1:]:
        return False
    inner = not word[1:].islower() and any(letter.isupper() for letter in word[1:])
    digits = word[0].isupper() and any(letter.isdigit() for letter in word)
    if not (inner or digits):
        return word.endswith("+")
    return not _is_compound(word)


def _is_compound(word: str) -> bool:
    """Tell whether a word is made of whole words ("End-to-End", "Cross-Modal")."""
    parts = [part for part in _PARTS.split(word) if part]
    plain = all(part.islower() or part.istitle() for part in parts if part.isalpha())
    whole = all(len(part) > _SHORT_PART or part.islower() for part in parts)
    return len(parts) > 1 and plain and whole


def is_capitalised(word: str) -> bool:
    """Tell whether a word begins with a capital and is not merely a sentence's first word."""
    return word[:1].isupper() and word not in OPENERS
